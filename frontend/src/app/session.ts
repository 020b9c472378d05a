/** Who is here: read by screens, changed by logging in and out. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../api/client';
import { ApiError } from '../api/errors';
import { queries, startQuery } from '../api/queries';

export type User = Schemas['UserBody'];
export type Start = Schemas['StartAnswer'];

export function useStart(): Start {
  return useSuspenseQuery(startQuery).data;
}

/** The session's person; nobody in open mode, where there are none. */
export function useUser(): User | null {
  return useStart().user;
}

export async function logIn(email: string, password: string): Promise<void> {
  await answer(api.POST('/api/auth/login', { body: { email, password, session: 'cookie' } }));
  await startAnew();
}

let leaving = false;
let ended = false;

/** Whether somebody was here whose session ended without their doing. */
export function sessionEnded(): boolean {
  return ended;
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
  const { forgetAll } = await import('../screens/single/remembered').catch(() => ({ forgetAll: () => {} }));
  await forgetAll();
  await startAnew().finally(() => {
    leaving = false;
  });
}

/** Forget what belonged to somebody else, and ask who is here now. */
async function startAnew(): Promise<void> {
  const start = await queries.fetchQuery({ ...startQuery, staleTime: 0 });
  queries.removeQueries({
    predicate: (query) => query.queryKey[0] !== 'start' && query.queryKey[0] !== 'pricing',
  });
  queries.setQueryData(startQuery.queryKey, start);
}

/** A session that ended elsewhere ends here, too: the login screen takes the place of what was shown. */
export function watchSession(): void {
  let here = false;
  const judge = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401)
      void queries.invalidateQueries({ queryKey: startQuery.queryKey });
  };
  queries.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryKey[0] === 'start' && query.state.status === 'success') {
      const somebody = Boolean((query.state.data as Start).user);
      if (somebody || leaving) ended = false;
      else if (here) ended = true;
      here = somebody;
    }
    if (type === 'updated') judge(query.state.error);
  });
  queries.getMutationCache().subscribe(({ type, mutation }) => {
    if (type === 'updated' && here) judge(mutation.state.error);
  });
}
