/** Draws the start into pages of its own, one a language, so that strangers see it before any script runs. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type Plugin, type Rolldown } from 'vite';

const LANGUAGES = ['en', 'id'];
const SCREEN = 'src/screens/start/Home.tsx';
const DRAWN = 'src/screens/start/still.tsx';
const ROOT = /(<div id="root">).*(<\/div>\s*<noscript>)/s;

type Draw = (language: string) => string;

export function still(): Plugin {
  let root = '';
  return {
    name: 'still',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const page = bundle['index.html'];
        if (page?.type !== 'asset') return;
        const draw = await drawing(root);
        const plain = String(page.source);
        for (const language of LANGUAGES) {
          const source = plain
            .replace('<html lang="en">', `<html lang="${language}">`)
            .replace('</head>', `${neededBy(bundle, plain)}</head>`)
            .replace(ROOT, (_whole, open, close) => open + draw(language) + close);
          this.emitFile({ type: 'asset', fileName: `start.${language}.html`, source });
        }
      },
    },
  };
}

/** The files of the screen that its page does not name yet. */
function neededBy(bundle: Rolldown.OutputBundle, page: string): string {
  const screen = Object.values(bundle).find(
    (each) => each.type === 'chunk' && each.facadeModuleId?.endsWith(SCREEN),
  );
  if (!screen) throw new Error(`${SCREEN} is no part of the build`);
  const scripts = new Set([screen.fileName]);
  const styles = new Set<string>();
  for (const name of scripts) {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || page.includes(name)) continue;
    for (const each of chunk.imports) scripts.add(each);
    for (const each of chunk.viteMetadata?.importedCss ?? []) styles.add(each);
  }
  const missing = (names: Set<string>) => [...names].filter((name) => !page.includes(name));
  return [
    ...missing(styles).map((name) => `<link rel="stylesheet" href="/${name}">`),
    ...missing(scripts).map((name) => `<link rel="modulepreload" href="/${name}">`),
  ].join('');
}

async function drawing(root: string): Promise<Draw> {
  const outDir = join(root, 'node_modules/.still');
  const plugins = [react()];
  const output = { entryFileNames: 'still.js' };
  await build({
    ...{ root, plugins, configFile: false, logLevel: 'warn' },
    build: { ssr: DRAWN, outDir, assetsInlineLimit: 0, rolldownOptions: { output } },
  });
  const made: { still: Draw } = await import(pathToFileURL(join(outDir, 'still.js')).href);
  await rm(outDir, { recursive: true });
  return made.still;
}
