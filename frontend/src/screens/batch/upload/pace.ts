/** How fast something goes on, and how long the rest will take. */

export interface Sample {
  /** In milliseconds. */
  at: number;
  done: number;
}

const WINDOW_MS = 20_000;
const LEAST_MS = 1500;

/** With one more sample, and without those that are of the past. What is less than before begins anew. */
export function sampled(before: readonly Sample[], now: Sample): Sample[] {
  const last = before.at(-1);
  if (last && now.done < last.done) return [now];
  const recent = before.filter((_, index) => {
    const next = before[index + 1];
    return !next || now.at - next.at < WINDOW_MS; // one older than the window is where it begins
  });
  return [...recent, now];
}

/** A second; null while too little is known. */
export function rateOf(samples: readonly Sample[], now: number): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || now - first.at < LEAST_MS || last.done === first.done) return null;
  return ((last.done - first.done) * 1000) / (now - first.at);
}

export function secondsLeft(rest: number, rate: number | null): number | null {
  if (rest <= 0) return 0;
  return rate === null || rate <= 0 ? null : rest / rate;
}

const UPLOAD_SHARE = 0.3;

/** Of the whole way, 0 to 1: the upload is the first part, the pictures are the rest. */
export function wayOf(sent: number, done: number): number {
  const clamp = (value: number) => Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0));
  return UPLOAD_SHARE * clamp(sent) + (1 - UPLOAD_SHARE) * clamp(done);
}
