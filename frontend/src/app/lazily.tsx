/** Parts of the page that are loaded when first shown: one that could not be loaded is tried again. */
import { type ComponentType, use } from 'react';
import { Offline, PartGone } from '../api/errors';
import { connection } from '../live/connection';

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

export interface Part<P> {
  (props: P): React.JSX.Element;
  /** Begin before it is shown: what is there already is drawn without a wait. */
  load: () => Promise<unknown>;
}

const failed = new Set<() => void>();

/** A component whose code comes when it is shown; errors are `Offline` or `PartGone`, for a boundary above. */
export function lazily<P extends object>(load: Load<P>): Part<P> {
  let there: ComponentType<P> | undefined;
  let coming: Promise<ComponentType<P>> | undefined;
  const forget = () => {
    coming = undefined;
  };
  const bring = (): Promise<ComponentType<P>> => {
    coming ??= fetched(load).then(
      (loaded) => {
        there = loaded.default;
        return loaded.default;
      },
      (error) => {
        // Kept until a boundary has it, which may render more than once before it says so.
        failed.add(forget);
        throw error;
      },
    );
    return coming;
  };
  const part = (props: P) => {
    const Known = there ?? use(bring());
    return <Known {...props} />;
  };
  return Object.assign(part, { load: bring });
}

/** Whoever shows a part that failed asks for it anew. */
export function forgetFailed(): void {
  for (const forget of failed) forget();
  failed.clear();
}

/** Code or texts that are loaded when wanted; fails with `Offline` or `PartGone`. */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await withStyles(load);
  } catch {
    if (!(await serverAnswers())) throw new Offline();
  }
  try {
    return await withStyles(load); // the line was away for a moment only
  } catch {
    throw new PartGone();
  }
}

async function serverAnswers(): Promise<boolean> {
  try {
    const { ok } = await fetch('/health/live', { cache: 'no-store' });
    if (ok) connection.found();
    else connection.lost();
    return ok;
  } catch {
    connection.lost();
    return false;
  }
}

// The bundler asks for each stylesheet once, and would go on without one that failed.
const unstyled = new Set<string>();

window.addEventListener('vite:preloadError', (event) => {
  const href = /^Unable to preload CSS for (\S+)/.exec(event.payload.message)?.[1];
  if (href === undefined) return;
  unstyled.add(href);
  event.preventDefault();
});

async function withStyles<T>(load: () => Promise<T>): Promise<T> {
  const part = await load();
  await Promise.all([...unstyled].map(style));
  return part;
}

async function style(href: string): Promise<void> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  await new Promise((done, fail) => {
    link.onload = done;
    link.onerror = () => {
      link.remove();
      fail(new Error('a stylesheet is missing'));
    };
    document.head.append(link);
  });
  unstyled.delete(href);
}
