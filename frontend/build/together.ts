/** Puts what the page always begins with into one file, so that its first look needs few requests. */
import type { Plugin } from 'vite';

/** The modules that the entry reaches without a dynamic import; known once all are read. */
const first = new Set<string>();

export function together(): Plugin {
  return {
    name: 'together',
    apply: 'build',
    buildEnd() {
      const waiting = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry);
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (first.has(id)) continue;
        first.add(id);
        waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    },
  };
}

export const FIRST_LOOK = {
  codeSplitting: { groups: [{ name: 'first', test: (id: string) => first.has(id) }] },
};
