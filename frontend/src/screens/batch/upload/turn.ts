/**
 * Whose turn it is to send a batch: one tab of a browser at a time.
 *
 * By the browser's locks, which a tab that is closed or dies lets go. A page without encryption, as in a house's own
 * network, has none: there tabs ask each other, and whoever is not there does not answer.
 */
import { idempotencyKey } from '../../../api/client';

export type LetGo = () => void;

interface Word {
  id: string;
  page: string;
  /** take, look: a question, of whoever wants it or only looks; held: the answer. */
  says: 'take' | 'look' | 'held';
}

const PATIENCE_MS = 1000; // a page that is being reloaded may not have let go yet
const ANSWER_MS = 700;

/** Null where another tab has it. */
export async function take(id: string): Promise<LetGo | null> {
  const { locks } = navigator as { locks?: LockManager };
  return locks ? takeLock(locks, id) : takeByAsking(id);
}

/** Whether a tab has it; only for tabs that have not. */
export async function isTaken(id: string): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return ask(id, 'look', looking);
  const { held = [] } = await locks.query();
  return held.some(({ name }) => name === nameOf(id));
}

const nameOf = (id: string): string => `lumiku-sends-${id}`;

function takeLock(locks: LockManager, id: string): Promise<LetGo | null> {
  return new Promise((resolve) => {
    const hold = () => new Promise<void>((letGo) => resolve(letGo));
    const signal = AbortSignal.timeout(PATIENCE_MS);
    locks.request(nameOf(id), { signal }, hold).catch(() => resolve(null));
  });
}

const page = idempotencyKey();
const held = new Set<string>();
/** What this page asks now, and how it learns that another tab has it. */
const taking = new Map<string, () => void>();
const looking = new Map<string, () => void>();
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('lumiku-turns') : null;

if (channel) channel.onmessage = ({ data }: MessageEvent<Word>) => hear(data);

function hear(word: Word): void {
  const { id, says } = word;
  const taken = taking.get(id);
  if (says === 'held') {
    taken?.();
    looking.get(id)?.();
    return;
  }
  const bothWant = says === 'take' && taken !== undefined;
  if (held.has(id) || (bothWant && page < word.page)) say(id, 'held');
  else if (bothWant) taken(); // theirs is the smaller name
}

function say(id: string, says: Word['says']): void {
  channel?.postMessage({ id, page, says } satisfies Word);
}

async function takeByAsking(id: string): Promise<LetGo | null> {
  if (await ask(id, 'take', taking)) return null;
  held.add(id);
  return () => held.delete(id);
}

function ask(id: string, says: 'take' | 'look', asked: Map<string, () => void>): Promise<boolean> {
  if (!channel) return Promise.resolve(false);
  return new Promise((resolve) => {
    const told = (taken: boolean) => {
      clearTimeout(timer);
      asked.delete(id);
      resolve(taken);
    };
    const timer = setTimeout(() => told(false), ANSWER_MS);
    asked.set(id, () => told(true));
    say(id, says);
  });
}
