import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describe as found, reportFailure, watchFailures } from './failures';

const OURS = 'https://cut.example';
const sent: Record<string, unknown>[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal('fetch', (_: string, asked: { body: string }) => {
    sent.push(JSON.parse(asked.body));
    return Promise.resolve(new Response());
  });
});
afterEach(() => vi.unstubAllGlobals());

function failed(message: string, ...places: string[]): Error {
  const error = new TypeError(message);
  error.stack = `TypeError: ${message}\n${places.map((place) => `    at f (${place})`).join('\n')}`;
  return error;
}

test('an error is told by kind, words and the places that are ours', () => {
  const error = failed(
    "x is not a function (evaluating 'x()')",
    `${OURS}/assets/Single-Zk3x9QwT.js:1:2301`,
    'chrome-extension://abc/content.js:3:4',
    `${OURS}/src/app/App.tsx?t=17:12:1`,
    '<anonymous>:1:1',
  );
  expect(found(error, OURS)).toEqual({
    kind: 'TypeError',
    said: "x is not a function (evaluating 'x()')",
    frames: ['Single-Zk3x9QwT.js:1:2301', 'App.tsx:12:1'],
  });
});

test('whatever else is thrown has words too', () => {
  expect(found('text', OURS)).toEqual({ kind: 'Text', said: 'text', frames: [] });
  expect(found(undefined, OURS)?.said).toBe('undefined');
  expect(found({ code: 7, why: 'secret' }, OURS)).toEqual({
    kind: 'Object',
    said: '{code, why}',
    frames: [],
  });
  expect(found(failed('no place'), OURS)?.said).toBe('no place');
  expect(found('x'.repeat(2000), OURS)?.said).toHaveLength(500);
});

test('what is not ours, or no fault, is not told', () => {
  expect(found(failed('theirs', 'moz-extension://abc/content.js:3:4'), OURS)).toBeNull();
  expect(found(new DOMException('left', 'AbortError'), OURS)).toBeNull();
  expect(found('ResizeObserver loop completed with undelivered notifications.', OURS)).toBeNull();
});

test('errors without a place are told apart by their words, and counted', () => {
  watchFailures(() => '/apps/background-remover/single/:id?');
  for (let times = 0; times < 25; times += 1) reportFailure('one');
  reportFailure('two');
  expect(sent.map(({ said, count }) => [said, count])).toEqual([
    ['one', 1],
    ['one', 9],
    ['two', 1],
  ]);
  expect(sent[0]).toMatchObject({ route: '/apps/background-remover/single/:id?', build: 'failures.ts' });
  for (let other = 0; other < 20; other += 1) reportFailure(`other ${other}`);
  expect(sent).toHaveLength(6); // five places a page
});
