/**
 * The picture that is being handed in, with its key, until there is an answer: a reload, a lost connection and a new
 * login go on with the same key, so that it is charged once.
 *
 * Which one is this tab's is kept with the tab, the file with the browser.
 */
import { ApiError, Offline } from '../../../api/errors';
import { browserStore } from '../../../app/browserStore';
import type { Tier } from '../../../app/tier';

export interface Intent {
  key: string;
  /** Whose it is, in a browser that several people use. */
  owner: string;
  tier: Tier;
  file: File;
  /** The job that was shown when it was asked for, if one was. */
  of: string | null;
  at: number;
  /** No screen shows it: it is called off, which the server does not know yet, or goes on behind another. */
  aside?: 'off' | 'left';
}

/** What becomes of an intent that had no job as its answer. */
export type Fate = 'heals' | 'soon' | 'kept' | 'over';

const STORE = 'intents';
const TAB = 'lumiku-single';
/** Less than the day for which the server knows a key. */
const KEPT_MS = 20 * 3600 * 1000;
/** A browser that is slow to keep a file does not hold up the picture. */
const PATIENCE_MS = 1500;

const run = browserStore('lumiku-single', (database) =>
  database.createObjectStore(STORE, { keyPath: 'key' }),
);

/** Whether the same request, with the same key, may still be answered with a job. */
export function fateOf(error: unknown): Fate {
  if (error instanceof Offline) return 'heals';
  if (!(error instanceof ApiError)) return 'over';
  if (error.code === 'IDEMPOTENCY_CONFLICT') return 'soon';
  return error.passing || error.status === 401 ? 'kept' : 'over';
}

/** Whether it is still this person's to go on with, now. */
export function isOf({ owner, at }: Pick<Intent, 'owner' | 'at'>, whose: string, now: number): boolean {
  return owner === whose && now - at <= KEPT_MS;
}

export async function remember(intent: Intent): Promise<void> {
  attempt(() => sessionStorage.setItem(TAB, intent.key));
  await Promise.race([
    run(STORE, 'readwrite', (store) => store.put(intent)),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ]);
}

/** Until the server has answered, whatever comes between. */
export async function setAside(intent: Intent, aside: Intent['aside'] & string): Promise<void> {
  await forget(intent.key);
  await run(STORE, 'readwrite', (store) => store.put({ ...intent, aside }));
}

/** Those of this person. */
export async function asides(whose: string, now: number): Promise<Intent[]> {
  const all = (await run<Intent[]>(STORE, 'readonly', (store) => store.getAll())) ?? [];
  return all.filter((each) => each.aside && isOf(each, whose, now));
}

/** This tab's, if it is this person's; what is another's or old is thrown away. */
export async function recall(whose: string, now: number): Promise<Intent | null> {
  const key = attempt(() => sessionStorage.getItem(TAB));
  const all = (await run<Intent[]>(STORE, 'readonly', (store) => store.getAll())) ?? [];
  for (const each of all) if (!isOf(each, whose, now)) await forget(each.key);
  return all.find((each) => each.key === key && !each.aside && isOf(each, whose, now)) ?? null;
}

export async function forget(key: string): Promise<void> {
  attempt(() => sessionStorage.getItem(TAB) === key && sessionStorage.removeItem(TAB));
  await run(STORE, 'readwrite', (store) => store.delete(key));
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
