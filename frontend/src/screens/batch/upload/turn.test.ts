import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** Tells every other channel of the browser. */
class FakeChannel {
  static all = new Set<FakeChannel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor() {
    FakeChannel.all.add(this);
  }
  postMessage(data: unknown) {
    for (const each of FakeChannel.all) if (each !== this) setTimeout(() => each.onmessage?.({ data }), 1);
  }
}

/** As the browser's own: whoever waits is given it when it is let go. */
class FakeLocks {
  holders = new Map<string, Promise<void>>();
  async request(name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>) {
    const refused = new Promise<never>((_, reject) => signal.addEventListener('abort', reject));
    refused.catch(() => undefined);
    while (this.holders.has(name)) await Promise.race([this.holders.get(name), refused]);
    const holding = hold().finally(() => this.holders.delete(name));
    this.holders.set(name, holding);
    return holding;
  }
  query = async () => ({ held: [...this.holders.keys()].map((name) => ({ name })) });
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeChannel.all.clear();
  vi.stubGlobal('BroadcastChannel', FakeChannel);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  Reflect.deleteProperty(navigator, 'locks');
});

async function tab() {
  vi.resetModules();
  return import('./turn');
}

async function soon<T>(asked: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(2000);
  return asked;
}

test.each([
  ['by locks', () => new FakeLocks()],
  ['without encryption, by asking each other', () => undefined],
])('one tab has its turn until it lets go: %s', async (_, locks) => {
  Object.defineProperty(navigator, 'locks', { value: locks(), configurable: true });
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(), ms);
    return aborting.signal;
  });
  const [one, two] = [await tab(), await tab()];
  const letGo = await soon(one.take('b'));
  expect(letGo).not.toBeNull();
  expect(await soon(two.take('b'))).toBeNull();
  expect(await soon(two.isTaken('b'))).toBe(true);
  expect(await soon(two.take('another batch'))).not.toBeNull();
  letGo?.();
  await soon(Promise.resolve());
  expect(await soon(two.isTaken('b'))).toBe(false);
  expect(await soon(two.take('b'))).not.toBeNull();
});

test('of two tabs that ask at once, or one in the midst of the other, one has it', async () => {
  for (const apart of [0, 300, 600]) {
    const tabs = [await tab(), await tab()];
    const asked = tabs.map(async (each, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * apart));
      return each.take(`b${apart}`);
    });
    const taken = await soon(Promise.all(asked));
    expect(taken.filter((each) => each !== null)).toHaveLength(1);
  }
});
