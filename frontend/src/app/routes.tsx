/** Every screen of the app by its address; each is loaded when it is first shown. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

type Screen = LazyExoticComponent<ComponentType>;

export interface ScreenRoute {
  path: string;
  screen: Screen;
  /** Who may see it; others are asked to log in. */
  who: 'anybody' | 'somebody' | 'admin';
}

export const REMOVER = '/apps/background-remover';
export const TABS = ['single', 'batch', 'jobs', 'subscription'] as const;
export type Tab = (typeof TABS)[number];
export const tabPath = (tab: Tab): string => `${REMOVER}/${tab}`;

const Single = lazy(() => import('../screens/single/Single'));
const Batch = lazy(() => import('../screens/batch/Batch'));
const Jobs = lazy(() => import('../screens/jobs/Jobs'));
const Subscription = lazy(() => import('../screens/subscription/Subscription'));
const Account = lazy(() => import('../screens/account/Account'));
const Admin = lazy(() => import('../screens/admin/Admin'));
const start = {
  Home: lazy(() => import('../screens/start/Home')),
  LogIn: lazy(() => import('../screens/start/LogIn')),
  Register: lazy(() => import('../screens/start/Register')),
  Confirm: lazy(() => import('../screens/start/Confirm')),
  Forgot: lazy(() => import('../screens/start/Forgot')),
  Reset: lazy(() => import('../screens/start/Reset')),
  Setup: lazy(() => import('../screens/start/Setup')),
};

export const LogInScreen = start.LogIn;

// The server answers these addresses with the page: src/lumiku/api/routes/web.py.
export const ROUTES: readonly ScreenRoute[] = [
  { path: '/', screen: start.Home, who: 'anybody' },
  { path: '/login', screen: start.LogIn, who: 'anybody' },
  { path: '/register', screen: start.Register, who: 'anybody' },
  { path: '/confirm', screen: start.Confirm, who: 'anybody' },
  { path: '/forgot-password', screen: start.Forgot, who: 'anybody' },
  { path: '/reset-password', screen: start.Reset, who: 'anybody' },
  { path: '/setup', screen: start.Setup, who: 'anybody' },
  { path: `${REMOVER}/single/:id?`, screen: Single, who: 'somebody' },
  { path: `${REMOVER}/batch/:id?`, screen: Batch, who: 'somebody' },
  { path: `${REMOVER}/jobs`, screen: Jobs, who: 'somebody' },
  { path: `${REMOVER}/subscription`, screen: Subscription, who: 'somebody' },
  { path: '/account/:section?', screen: Account, who: 'somebody' },
  { path: '/admin/:section?', screen: Admin, who: 'admin' },
];
