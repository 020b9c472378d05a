/** How the app is built into the Python package, and served while it is worked on. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { pages } from './build/pages.ts';
import { precompress } from './build/precompress.ts';
import { FIRST_LOOK, together } from './build/together.ts';

// While working on it: `lumiku serve` beside `npm run dev`.
const server = process.env.LUMIKU_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), together(), pages(), precompress()],
  build: {
    outDir: '../src/lumiku/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the page's policy allows data: for pictures only
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
    rolldownOptions: { output: FIRST_LOOK },
  },
  server: { proxy: { '/api': server, '/storage': server, '/shared': server, '/health': server } },
  test: { environment: 'happy-dom', setupFiles: ['src/test/setup.ts'], css: false },
});
