/**
 * Writes a page for each screen and language that asks at once for all its screen needs, rather than when the first
 * script has run; into that of strangers' start its first look is drawn.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type Plugin, type Rolldown } from 'vite';

const LANGUAGES = ['en', 'id'] as const;
/** Pages by name, as src/lumiku/api/routes/web.py gives them out. */
const STRANGERS = { start: 'start/Home', login: 'start/LogIn', register: 'start/Register' };
const PEOPLES = {
  home: 'start/Home',
  single: 'single/Single',
  batch: 'batch/Batch',
  jobs: 'jobs/Jobs',
  subscription: 'subscription/Subscription',
  account: 'account/Account',
  admin: 'admin/Admin',
};
const DRAWN = 'src/screens/start/still.tsx';
const ROOT = /(<div id="root">).*(<\/div>\s*<noscript>)/s;
/** Who is here: the first thing that the page's script asks for. */
const ASKED = '<link rel="preload" as="fetch" href="/api/web/start" crossorigin="anonymous">';

type Language = (typeof LANGUAGES)[number];
/** What `index.html` says in English, before or without any script. */
const WORDS: Record<Language, [string, string][]> = {
  en: [],
  id: [
    [
      'Lumiku cuts the subject out of your pictures, on your own server.',
      'Lumiku memotong objek dari foto Anda, di server Anda sendiri.',
    ],
    [
      "Lumiku's pages need JavaScript. The API and the command line do not.",
      'Halaman Lumiku memerlukan JavaScript. API dan baris perintahnya tidak.',
    ],
  ],
};
type Draw = (language: Language) => string;

export function pages(): Plugin {
  let root = '';
  return {
    name: 'pages',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const index = bundle['index.html'];
        if (index?.type !== 'asset') return;
        index.source = String(index.source).replace('</head>', `${ASKED}</head>`);
        const draw = await drawing(root);
        for (const language of LANGUAGES) {
          for (const [name, source] of pagesIn(language, String(index.source), bundle, draw))
            this.emitFile({ type: 'asset', fileName: `${name}.${language}.html`, source });
        }
      },
    },
  };
}

function pagesIn(language: Language, index: string, bundle: Rolldown.OutputBundle, draw: Draw) {
  const first = language === 'en' ? [] : [`i18n/${language}/first.ts`]; // English is part of the first script
  const rest = `i18n/${language}/rest.ts`;
  const page = (name: string, screen: string): [string, string] => {
    const modules = [
      `screens/${screen}.tsx`,
      ...first,
      ...(name in PEOPLES && name !== 'home' ? [rest] : []),
    ];
    const source = WORDS[language]
      .reduce(said, index)
      .replace('<html lang="en">', `<html lang="${language}">`)
      .replace('</head>', (end) => neededBy(bundle, index, modules, name === 'start') + end);
    const drawn = (_whole: string, open: string, close: string) => open + draw(language) + close;
    return [name, name === 'start' ? source.replace(ROOT, drawn) : source];
  };
  return Object.entries({ ...STRANGERS, ...PEOPLES }).map(([name, screen]) => page(name, screen));
}

function said(page: string, [english, own]: [string, string]): string {
  if (!page.includes(english)) throw new Error(`no page says: ${english}`);
  return page.replace(english, own);
}

/** The files of modules that a page does not name yet. */
function neededBy(bundle: Rolldown.OutputBundle, page: string, modules: string[], drawn: boolean): string {
  const style = drawn ? 'rel="stylesheet"' : 'rel="preload" as="style"'; // what is not drawn yet waits for none
  const scripts = new Set(modules.map((module) => chunkOf(bundle, module)));
  const styles = new Set<string>();
  for (const name of scripts) {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || page.includes(name)) continue;
    for (const each of chunk.imports) scripts.add(each);
    for (const each of chunk.viteMetadata?.importedCss ?? []) styles.add(each);
  }
  const missing = (names: Set<string>) => [...names].filter((name) => !page.includes(name));
  return [
    ...missing(styles).map((name) => `<link ${style} crossorigin href="/${name}">`),
    ...missing(scripts).map((name) => `<link rel="modulepreload" crossorigin href="/${name}">`),
  ].join('');
}

function chunkOf(bundle: Rolldown.OutputBundle, module: string): string {
  const found = Object.values(bundle).find(
    (each) => each.type === 'chunk' && each.facadeModuleId?.endsWith(`src/${module}`),
  );
  if (!found) throw new Error(`${module} is no part of the build`);
  return found.fileName;
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
