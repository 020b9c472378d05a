/** The app: its providers, and the screen of the address within the shell. */
import { QueryClientProvider, useSuspenseQuery } from '@tanstack/react-query';
import { Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useParams } from 'wouter';
import { isId } from '../api/links';
import { queries, startQuery } from '../api/queries';
import { LanguageProvider, useLanguageOf } from '../i18n/language';
import type { Language, Text } from '../i18n/text';
import { ErrorBoundary } from './ErrorBoundary';
import { Extra } from './Extra';
import { failuresAreOf } from './failures';
import { later } from './later';
import { lazily } from './lazily';
import { NotFound } from './NotFound';
import { LogInScreen, REMOVER, ROUTES, type ScreenRoute, tabPath } from './routes';
import { Loading, Shell } from './Shell';

// Not needed for the first look at a page.
const Toasts = lazily(async () => {
  await later();
  return { default: (await import('../ui/ToastList')).ToastList };
});

interface Props {
  first: { language: Language; text: Text };
}

export function App({ first }: Props) {
  return (
    <LanguageProvider first={first}>
      <QueryClientProvider client={queries}>
        <ErrorBoundary>
          <Suspense fallback={<Loading />}>
            <Pages />
          </Suspense>
        </ErrorBoundary>
        <Extra>
          <Toasts />
        </Extra>
      </QueryClientProvider>
    </LanguageProvider>
  );
}

function Pages() {
  const { data: start } = useSuspenseQuery(startQuery);
  useEffect(() => failuresAreOf(start.version), [start.version]);
  useLanguageOf(start.user?.language);
  return (
    <Shell>
      <Switch>
        {ROUTES.map((route) => (
          <Route key={route.path} path={route.path}>
            <Guarded route={route} />
          </Route>
        ))}
        <Route path="/apps">
          <Redirect to="/" replace />
        </Route>
        <Route path={REMOVER}>
          <Redirect to={tabPath('single')} replace />
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Shell>
  );
}

function Guarded({ route }: { route: ScreenRoute }) {
  const { data: start } = useSuspenseQuery(startQuery);
  const { id } = useParams<{ id?: string }>();
  const leads = id === undefined || isId(id);
  const known = start.open || start.user !== null;
  const allowed =
    route.who === 'anybody' ||
    (known && (route.who === 'somebody' || start.open || start.user?.role === 'admin'));
  if (known && (!allowed || !leads)) return <NotFound />;
  const Screen = allowed ? route.screen : LogInScreen;
  return (
    <ErrorBoundary key={route.path}>
      <Suspense fallback={<Loading />}>
        <Screen />
      </Suspense>
    </ErrorBoundary>
  );
}
