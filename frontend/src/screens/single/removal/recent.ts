/** What is being handed in, or was a moment ago: the same picture again, by a key held down or a hasty second drop. */
import type { Intent } from './remembered';

interface Recent {
  intent: Intent;
  ended: boolean;
}

const SOON_MS = 5000;
const recent = new Map<string, Recent>();
let turn: Promise<unknown> = Promise.resolve();

/** The one that wants the very same; else this one, which is known from now on. */
export function firstOf(intent: Intent): Promise<Intent> {
  const found = turn.then(() => search(intent));
  turn = found;
  return found;
}

/** One that goes on after a reload. */
export function know(intent: Intent): void {
  if (!recent.has(intent.key)) recent.set(intent.key, { intent, ended: false });
}

/** It came out: for some seconds yet the same picture leads to it. */
export function ended(key: string, then: () => void): void {
  const known = recent.get(key);
  if (known) known.ended = true;
  setTimeout(() => {
    recent.delete(key);
    then();
  }, SOON_MS);
}

/** It is not to be had: the same picture is to be handed in anew. */
export function failed(key: string): void {
  recent.delete(key);
}

/** Somebody has asked for a new picture: what has come out may be wanted once more. */
export function forgetEnded(): void {
  for (const [key, known] of recent) if (known.ended) recent.delete(key);
}

async function search(intent: Intent): Promise<Intent> {
  for (const known of recent.values()) {
    if (await isSame(known.intent, intent)) return known.intent;
  }
  recent.set(intent.key, { intent, ended: false });
  return intent;
}

async function isSame(one: Intent, other: Intent): Promise<boolean> {
  if (one.owner !== other.owner || one.tier !== other.tier || one.file.size !== other.file.size) return false;
  try {
    // A pasted picture has neither a name nor a date of its own.
    const [left, right] = await Promise.all([one.file.arrayBuffer(), other.file.arrayBuffer()]);
    const theirs = new Uint8Array(right);
    return new Uint8Array(left).every((byte, at) => byte === theirs[at]);
  } catch {
    return false; // it cannot be read, which whoever sends it is told
  }
}
