/** Where the page begins. */
import '@fontsource-variable/bricolage-grotesque/index.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/theme';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries, startQuery } from './api/queries';
import { App } from './app/App';
import { watchFailures } from './app/failures';
import { loadScreen } from './app/routes';
import { watchSession } from './app/session';
import { loadLanguage } from './i18n/language';

watchFailures();
watchSession();

// What the first look needs is asked for at once, and not one after the other.
void queries.prefetchQuery(startQuery);
loadScreen(window.location.pathname);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
const first = await loadLanguage();
createRoot(root).render(
  <StrictMode>
    <App first={first} />
  </StrictMode>,
);
