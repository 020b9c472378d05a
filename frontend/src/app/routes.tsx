/** Every screen of the app by its address; each is loaded when it is first shown. */
import type { ComponentType } from 'react';
import { wholeCatalogue } from '../i18n/catalogues';
import { lazily, type Part } from './lazily';

type Load = () => Promise<{ default: ComponentType }>;

export interface ScreenRoute {
  path: string;
  screen: Part<object>;
  /** Who may see it; others are asked to log in. */
  who: 'anybody' | 'somebody' | 'admin';
}

export const REMOVER = '/apps/background-remover';
export const TABS = ['single', 'batch', 'jobs', 'subscription'] as const;
export type Tab = (typeof TABS)[number];
export const tabPath = (tab: Tab): string => `${REMOVER}/${tab}`;

function at(path: string, who: ScreenRoute['who'], load: Load): ScreenRoute {
  const all: Load = who === 'anybody' ? load : async () => (await Promise.all([load(), wholeCatalogue()]))[0];
  return { path, who, screen: lazily(all) };
}

// The server answers these addresses with the page: src/lumiku/api/routes/web.py.
export const ROUTES: readonly ScreenRoute[] = [
  at('/', 'anybody', () => import('../screens/start/Home')),
  at('/login', 'anybody', () => import('../screens/start/LogIn')),
  at('/register', 'anybody', () => import('../screens/start/Register')),
  at('/confirm', 'anybody', () => import('../screens/start/Confirm')),
  at('/forgot-password', 'anybody', () => import('../screens/start/Forgot')),
  at('/reset-password', 'anybody', () => import('../screens/start/Reset')),
  at('/setup', 'anybody', () => import('../screens/start/Setup')),
  at(`${REMOVER}/single/:id?`, 'somebody', () => import('../screens/single/Single')),
  at(`${REMOVER}/batch/:id?`, 'somebody', () => import('../screens/batch/Batch')),
  at(`${REMOVER}/jobs`, 'somebody', () => import('../screens/jobs/Jobs')),
  at(`${REMOVER}/subscription`, 'somebody', () => import('../screens/subscription/Subscription')),
  at('/account/:section?', 'somebody', () => import('../screens/account/Account')),
  at('/admin/:section?/:id?', 'admin', () => import('../screens/admin/Admin')),
];

/** What takes the place of a screen that is not for strangers. */
export const LogInScreen = lazily(() => import('../screens/start/LogIn'));

export function routeOf(path: string): ScreenRoute | undefined {
  return ROUTES.find(({ path: pattern }) => {
    const [fixed = ''] = pattern.split('/:');
    return path === fixed || (fixed !== pattern && path.startsWith(`${fixed}/`));
  });
}

/** Begin to load the screen of this address, while everything else still starts. */
export async function loadScreen(path: string): Promise<void> {
  await routeOf(path)
    ?.screen.load()
    .catch(() => undefined); // whoever shows it is told
}
