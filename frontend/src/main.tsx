/** Where the page begins. */
import '@fontsource-variable/bricolage-grotesque/index.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/theme';
import { StrictMode, startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { isOutside } from './api/errors';
import { queries, startQuery } from './api/queries';
import { App } from './app/App';
import { watchFailures } from './app/failures';
import { keepFocus } from './app/keepFocus';
import { keepPage } from './app/keepPage';
import { loadScreen, routeOf } from './app/routes';
import { watchSession } from './app/session';
import { loadLanguage } from './i18n/language';
import { watchKeys } from './ui/held';

watchFailures(() => routeOf(window.location.pathname)?.path ?? '/:unknown');
watchSession();
keepFocus();
watchKeys();
keepPage();

/** What the first look needs is asked for at once; what is on the page already stays until all of it is there. */
async function begin(root: HTMLElement): Promise<void> {
  const start = queries.prefetchQuery(startQuery);
  const [first] = await Promise.all([
    loadLanguage(start.then(() => queries.getQueryData(startQuery.queryKey)?.user?.language)),
    start,
    loadScreen(window.location.pathname),
  ]);
  const page = createRoot(root, {
    onCaughtError: (error) => {
      // biome-ignore lint/suspicious/noConsole: as React itself does, where the fault is ours
      if (!isOutside(error)) console.error(error);
    },
  });
  // In slices, between which a slow phone can answer who touches it.
  startTransition(() =>
    page.render(
      <StrictMode>
        <App first={first} />
      </StrictMode>,
    ),
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
// Not awaited here: screens import this very script, and would wait for its end.
void begin(root);
