import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError, Offline } from '../../../api/errors';
import { connection } from '../../../live/connection';
import type { Item } from '../calls';
import { resumed } from './resume';
import { type Sending, Upload } from './Upload';

vi.mock('../files/preview', () => ({ previewOf: async () => null, Damaged: class extends Error {} }));
const calls = vi.hoisted(() => ({ price: 24, really: 0, begun: 0, away: false, arrived: [] as number[] }));
/** Which tab has its turn. */
const turn = vi.hoisted(() => ({ of: null as string | null }));
vi.mock('./turn', () => ({
  isTaken: async () => turn.of !== null,
  take: async () => {
    if (turn.of !== null) return null;
    turn.of = 'this';
    return () => {
      turn.of = null;
    };
  },
}));
const marks = vi.hoisted(() => [] as boolean[]);
vi.mock('./remembered', async (original) => ({
  ...(await original<object>()),
  markPaused: async (_: string, paused: boolean) => void marks.push(paused),
}));
vi.mock('../calls', async (original) => ({
  ...(await original<object>()),
  quoteOf: async () => {
    if (calls.away) throw new Offline();
    if (Number.isNaN(calls.price)) throw new ApiError(calls.really || 401, 'UNAUTHORIZED', '');
    return { finalCredits: calls.price };
  },
  readBatch: async () => ({
    batch: { id: 'b' },
    items: calls.arrived.map((position) => ({ position, uploaded: true, status: 'pending' })),
  }),
  begin: async (_: string, most: number) => {
    if (most < calls.really) throw new ApiError(409, 'PRICE_CHANGED', '', { required: calls.really });
    calls.begun += 1;
    return { batch: { id: 'b' } };
  },
}));

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(calls, { price: 24, really: 0, begun: 0, away: false, arrived: [] });
  turn.of = null;
  marks.length = 0;
});
afterEach(() => vi.useRealTimers());

const file = (name: string) => new File(['x'], name);
const items = (...names: string[]): Sending[] =>
  names.map((name, position) => ({
    position,
    name,
    size: 1,
    state: 'waiting',
    sentBytes: 0,
    file: file(name),
    code: null,
  }));
const states = (upload: Upload) => upload.items.map(({ state }) => state);
const busy = new ApiError(429, 'RATE_LIMIT_EXCEEDED', '', {}, '', 3);
const unread = new ApiError(422, 'IMAGE_TOO_LARGE', '');

test('all are sent, four at a time, and it is started once', async () => {
  let now = 0;
  let most = 0;
  const send = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 10));
    now -= 1;
  };
  const upload = new Upload('b', 'basic', items(...'abcdefghij'), 24, send);
  upload.run();
  await vi.runAllTimersAsync();
  expect(most).toBe(4);
  expect(new Set(states(upload))).toEqual(new Set(['sent']));
  expect([upload.phase, calls.begun]).toEqual(['started', 1]);
});

test('too fast waits as long as it is told; a refused file is left out and the rest goes on', async () => {
  const begun: number[] = [];
  const send = vi.fn(async (address: string) => {
    begun.push(Date.now());
    if (address.endsWith('/1')) throw unread;
    if (begun.length === 1) throw busy;
  });
  const upload = new Upload('b', 'basic', items('a', 'b'), 24, send);
  upload.run();
  await vi.runAllTimersAsync();
  expect(states(upload)).toEqual(['sent', 'refused']);
  expect(upload.items[1]?.code).toBe('IMAGE_TOO_LARGE');
  expect((begun.at(-1) ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(3000);
  expect(upload.phase).toBe('started');
});

test('a server that is away costs no tries: it goes on when it is back', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError()));
  let away = true;
  const upload = new Upload('b', 'basic', items('a'), 24, async () => {
    if (away) throw new Offline();
  });
  upload.run();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(states(upload)).toEqual(['sending']);
  away = false;
  connection.found();
  await vi.runAllTimersAsync();
  expect(upload.phase).toBe('started');
  vi.unstubAllGlobals();
});

test('a pause stops what is on its way, and going on sends it again', async () => {
  const send = vi.fn(
    (_: string, __: Blob, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, 1000);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  );
  const upload = new Upload('b', 'basic', items('a', 'b'), 24, send);
  upload.run();
  await vi.advanceTimersByTimeAsync(500);
  upload.pause();
  await vi.advanceTimersByTimeAsync(5000);
  expect([upload.phase, ...states(upload)]).toEqual(['paused', 'waiting', 'waiting']);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, send.mock.calls.length]).toEqual(['started', 4]);
  expect([marks, turn.of]).toEqual([[true, false], null]); // a reload between them would have found it paused
});

test('one tab sends; the other follows, and goes on by a click when that one is gone', async () => {
  turn.of = 'another';
  const send = vi.fn(async () => undefined);
  const upload = new Upload('b', 'basic', items('a', 'b', 'c'), 24, send);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, send.mock.calls.length]).toEqual(['elsewhere', 0]);
  upload.follow([{ position: 0, uploaded: true, status: 'pending' } as Item]);
  expect(states(upload)).toEqual(['sent', 'waiting', 'waiting']);
  await upload.look();
  expect(upload.phase).toBe('elsewhere');
  turn.of = null;
  await upload.look();
  await vi.runAllTimersAsync();
  expect([upload.phase, send.mock.calls.length, calls.begun]).toEqual(['paused', 0, 0]);
  calls.arrived = [0, 1]; // the last that the other tab sent
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, send.mock.calls.length, calls.begun]).toEqual(['started', 1, 1]);
});

test('what another device sends is followed, and its files are not asked for meanwhile', async () => {
  const lost = items('a', 'b', 'c').map((item) => ({ ...item, state: 'lost' as const, file: null }));
  const upload = new Upload('b', 'basic', lost, 24, async () => undefined);
  upload.run();
  await vi.runAllTimersAsync();
  expect(upload.phase).toBe('lost');
  const arrive = (...positions: number[]) =>
    upload.follow(positions.map((position) => ({ position, uploaded: true, status: 'pending' }) as Item));
  arrive(0);
  expect(upload.phase).toBe('elsewhere');
  await vi.advanceTimersByTimeAsync(15_000);
  arrive(0, 1);
  await vi.advanceTimersByTimeAsync(15_000);
  await upload.look();
  expect([upload.phase, ...states(upload)]).toEqual(['elsewhere', 'sent', 'sent', 'lost']);
  await vi.advanceTimersByTimeAsync(6000);
  await upload.look();
  expect(upload.phase).toBe('lost'); // it has given up
});

test('what is paused here and goes on in another tab is followed, and not started twice', async () => {
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.rest();
  turn.of = 'another';
  await upload.look();
  expect(upload.phase).toBe('elsewhere');
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, calls.begun]).toEqual(['elsewhere', 0]);
});

test('paused while the turn was asked for, it does not begin', async () => {
  const send = vi.fn(async () => undefined);
  const upload = new Upload('b', 'basic', items('a'), 24, send);
  upload.run();
  upload.pause();
  await vi.runAllTimersAsync();
  expect([upload.phase, send.mock.calls.length, turn.of]).toEqual(['paused', 0, null]);
});

test('where this browser has told no price, nothing is started without asking', async () => {
  const upload = new Upload('b', 'basic', items('a'), null, async () => undefined);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, upload.price, calls.begun]).toEqual(['asking', 24, 0]);
});

test('a start that was refused before its price was known is not tried again without one', async () => {
  Object.assign(calls, { price: Number.NaN, really: 403 });
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, calls.begun]).toEqual(['refused', 0]);
  Object.assign(calls, { price: 25, really: 0 });
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, upload.price, calls.begun]).toEqual(['asking', 25, 0]);
});

test('a line that is lost when all is sent is waited for, and then it is started', async () => {
  calls.away = true;
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.run();
  await vi.advanceTimersByTimeAsync(5000);
  expect([upload.phase, calls.begun]).toEqual(['starting', 0]);
  calls.away = false;
  connection.found();
  await vi.advanceTimersByTimeAsync(5000);
  expect([upload.phase, calls.begun]).toEqual(['started', 1]);
});

test('held while it waits to be started, it is not, until it is told to', async () => {
  calls.away = true;
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.run();
  await vi.advanceTimersByTimeAsync(5000);
  upload.rest();
  calls.away = false;
  connection.found();
  await vi.advanceTimersByTimeAsync(5000);
  expect([upload.phase, calls.begun]).toEqual(['paused', 0]);
  upload.run();
  await vi.advanceTimersByTimeAsync(5000);
  expect([upload.phase, calls.begun]).toEqual(['started', 1]);
});

test('a price that was told for fewer files than have come by now is told anew', async () => {
  calls.price = 30;
  const upload = new Upload('b', 'basic', items('a', 'b'), 24, async (address) => {
    if (address.endsWith('/1')) throw unread;
  });
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, upload.ready]).toEqual(['asking', 1]);
  calls.arrived = [0, 1];
  calls.price = 33;
  upload.accept();
  await vi.runAllTimersAsync();
  expect([upload.phase, upload.price, calls.begun]).toEqual(['asking', 33, 0]);
});

test('a price above the one that was told is asked about first', async () => {
  calls.price = 25;
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, upload.price, calls.begun]).toEqual(['asking', 25, 0]);
  upload.accept();
  await vi.runAllTimersAsync();
  expect(calls.begun).toBe(1);
});

test('what costs more by the time that it starts is asked about, and nothing is charged before', async () => {
  calls.really = 40;
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, upload.price, calls.begun]).toEqual(['asking', 40, 0]);
  calls.price = 40;
  upload.accept();
  await vi.runAllTimersAsync();
  expect([upload.phase, calls.begun]).toEqual(['started', 1]);
});

test('a session that ends when all is sent goes on after the next login', async () => {
  calls.price = Number.NaN;
  const upload = new Upload('b', 'basic', items('a'), 24, async () => undefined);
  upload.run();
  await vi.runAllTimersAsync();
  expect(upload.phase).toBe('stopped');
  calls.price = 24;
  upload.goOn();
  await vi.runAllTimersAsync();
  expect([upload.phase, calls.begun]).toEqual(['started', 1]);
});

test('after a reload what has arrived is not sent again, and what is nowhere is asked for', () => {
  const item = (position: number, uploaded: boolean, status: 'pending' | 'cancelled' = 'pending') => ({
    ...{ position, uploaded, status },
    originalName: `${position}.jpg`,
    size: null,
  });
  const record = { files: [{ name: '0.jpg', size: 7 }] };
  expect(resumed(item(0, true), record, new Map())).toMatchObject({ state: 'sent', sentBytes: 7 });
  expect(resumed(item(1, false), record, new Map([[1, file('1.jpg')]]))).toMatchObject({
    state: 'waiting',
    size: 1,
  });
  expect(resumed(item(2, false), undefined, new Map())).toMatchObject({ state: 'lost', size: null });
  const refusing = { ...record, refused: { 4: 'UNREADABLE_IMAGE' } };
  expect(resumed(item(4, false), refusing, new Map())).toMatchObject({
    state: 'refused',
    code: 'UNREADABLE_IMAGE',
  });
  expect(resumed(item(3, false, 'cancelled'), record, new Map())).toMatchObject({ state: 'refused' });
});

test('a server that is busy or being restarted leaves no file out, however long it takes', async () => {
  const restarting = new ApiError(502, 'SERVICE_UNAVAILABLE', '');
  const begun = Date.now();
  let most: unknown = null;
  const upload = new Upload('b', 'basic', items('a', 'b', 'c'), 24, async (address) => {
    if (address.endsWith('/2') && Date.now() - begun < 600_000) throw restarting;
  });
  upload.subscribe(() => {
    most ??= upload.trouble;
  });
  upload.run();
  await vi.runAllTimersAsync();
  expect(states(upload)).toEqual(['sent', 'sent', 'sent']);
  expect([most, upload.trouble, upload.phase]).toEqual([restarting, null, 'started']);
});

test('where a fault of the server leaves a file out, nothing is started before somebody agrees', async () => {
  const fault = new ApiError(500, 'INTERNAL_ERROR', '');
  const send = vi.fn(async (address: string) => {
    if (address.endsWith('/1')) throw fault;
  });
  const upload = new Upload('b', 'basic', items('a', 'b'), 24, send);
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, ...states(upload)]).toEqual(['asking', 'sent', 'refused']);
  expect([send.mock.calls.length, calls.begun]).toEqual([1 + 6, 0]);
});

test('a file that always cuts the line while others arrive is given up, asked about, and not sent in a storm', async () => {
  vi.stubGlobal('fetch', async () => new Response(null)); // the server is there
  const begun = Date.now();
  const times: number[] = [];
  const upload = new Upload('b', 'basic', items('a', 'b'), 24, async (address) => {
    if (!address.endsWith('/1')) return;
    times.push(Date.now() - begun);
    throw new Offline();
  });
  upload.run();
  await vi.runAllTimersAsync();
  expect([upload.phase, ...states(upload)]).toEqual(['asking', 'sent', 'refused']);
  expect(times.length).toBe(8);
  expect(times.at(-1)).toBeGreaterThan(60_000);
  vi.unstubAllGlobals();
});
