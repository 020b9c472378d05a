/**
 * Who is here: read by screens, changed by logging in and out.
 *
 * A page is of one person for as long as it lives. Whoever comes after them gets a new one, and whoever leaves leaves
 * nothing behind; tabs tell each other.
 */
import { useSuspenseQuery } from '@tanstack/react-query';
import { answer, api, callsAreOf, type Schemas } from '../api/client';
import { ApiError } from '../api/errors';
import { queries, startQuery } from '../api/queries';
import { clearStores } from './browserStore';

export type User = Schemas['UserBody'];
export type Start = Schemas['StartAnswer'];

export function useStart(): Start {
  return useSuspenseQuery(startQuery).data;
}

/** The session's person; nobody in open mode, where there are none. */
export function useUser(): User | null {
  return useStart().user;
}

const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('lumiku-session') : null;
/** Whose page this is, also after their session has ended. */
let owner: string | null = null;
let leaving = false;
let ended = false;

/** Whether somebody was here whose session ended without their doing. */
export function sessionEnded(): boolean {
  return ended;
}

export async function logIn(email: string, password: string): Promise<void> {
  await answer(api.POST('/api/auth/login', { body: { email, password, session: 'cookie' } }));
  const start = await answer(api.GET('/api/web/start'));
  tabs?.postMessage('came');
  if (isAnothers(start)) {
    setTimeout(newPage); // where the form leads to
    return;
  }
  forgetAnswers();
  queries.setQueryData(startQuery.queryKey, start);
}

export async function logOut(): Promise<void> {
  leaving = true;
  try {
    await answer(api.POST('/api/auth/logout'));
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) {
      leaving = false;
      throw error;
    }
  }
  await clearStores();
  tabs?.postMessage('left');
  window.location.assign('/');
}

/** After the account was deleted: as `logOut`, but the page stays, to say so. */
export async function beNobody(): Promise<void> {
  leaving = true;
  await clearStores();
  tabs?.postMessage('left');
  const start = await queries.fetchQuery({ ...startQuery, staleTime: 0 });
  forgetAnswers();
  queries.setQueryData(startQuery.queryKey, start);
}

/** After what may have ended this very session: forms for strangers are there for whoever is one now. */
export async function meetAgain(): Promise<void> {
  tabs?.postMessage('came');
  await queries.invalidateQueries({ queryKey: startQuery.queryKey });
}

function isAnothers({ user }: Start): boolean {
  return owner !== null && user !== null && user.id !== owner;
}

function newPage(): void {
  window.location.reload();
}

/** What was answered to somebody else. */
function forgetAnswers(): void {
  queries.removeQueries({ predicate: ({ queryKey: [what] }) => what !== 'start' && what !== 'pricing' });
}

/** A session that ended elsewhere ends here, too: the login screen takes the place of what was shown. */
export function watchSession(): void {
  let here = false;
  const askAgain = () => void queries.invalidateQueries({ queryKey: startQuery.queryKey });
  const judge = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) askAgain();
  };
  const meet = (start: Start) => {
    if (isAnothers(start)) newPage();
    else if (start.user) {
      owner = start.user.id;
      callsAreOf(owner);
    }
    const somebody = Boolean(start.user);
    if (somebody || leaving) ended = false;
    else if (here) ended = true;
    here = somebody;
  };
  queries.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryKey[0] === 'start' && query.state.status === 'success')
      meet(query.state.data as Start);
    if (type === 'updated') judge(query.state.error);
  });
  queries.getMutationCache().subscribe(({ type, mutation }) => {
    if (type === 'updated' && here) judge(mutation.state.error);
  });
  // The browser remembers pages as they were when they were left, and shows them again without asking anybody.
  window.addEventListener('pagehide', () => {
    document.documentElement.hidden = leaving;
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    if (leaving) newPage();
    else askAgain();
  });
  tabs?.addEventListener('message', ({ data }) => {
    if (data === 'left' && owner !== null) void clearStores().finally(newPage);
    else askAgain();
  });
}
