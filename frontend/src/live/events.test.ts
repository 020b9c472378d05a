import { afterEach, beforeEach, expect, test, vi } from 'vitest';

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static readonly OPEN = 1;
  static made: FakeSource[] = [];
  readyState = 1;
  onerror: (() => void) | null = null;
  constructor() {
    super();
    FakeSource.made.push(this);
  }
  close() {
    this.readyState = 2;
  }
  say(name: string, data: object = {}) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

beforeEach(() => {
  FakeSource.made = [];
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  vi.resetModules();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function listening() {
  const { live } = await import('./events');
  const heard: string[] = [];
  const stop = live.subscribe((event) => heard.push(event.kind));
  return { live, heard, stop };
}

test('however many screens come and go, there is one stream, and none in the end', async () => {
  const { live, stop } = await listening();
  for (let turn = 0; turn < 50; turn += 1) live.subscribe(() => undefined)();
  expect(FakeSource.made).toHaveLength(1);
  stop();
  vi.advanceTimersByTime(3001);
  expect(FakeSource.made[0]?.readyState).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('a stream that went silent, as after sleep, is opened anew and what is shown read again', async () => {
  const { heard } = await listening();
  FakeSource.made[0]?.say('job', { job: { id: '1' } });
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.made.length).toBeGreaterThan(1);
  expect(heard).toEqual(['job', 'resync']);
});

test('a refused stream is asked for again, later and later, and the screens ask meanwhile', async () => {
  const { heard } = await listening();
  const refuse = () => {
    const last = FakeSource.made.at(-1);
    if (!last) return;
    last.readyState = 2;
    last.onerror?.();
  };
  refuse();
  vi.advanceTimersByTime(1001);
  expect(FakeSource.made).toHaveLength(2);
  refuse();
  vi.advanceTimersByTime(1001);
  expect(FakeSource.made).toHaveLength(2);
  vi.advanceTimersByTime(5000);
  expect(FakeSource.made).toHaveLength(3);
  expect(heard.length).toBeGreaterThanOrEqual(0);
});

test('while pings come, nothing is read again', async () => {
  const { heard } = await listening();
  for (let turn = 0; turn < 8; turn += 1) {
    FakeSource.made[0]?.say('ping');
    vi.advanceTimersByTime(15_000);
  }
  expect(heard).toEqual([]);
  expect(FakeSource.made).toHaveLength(1);
});
