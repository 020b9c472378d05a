import { expect, test } from 'vitest';
import { framesOf } from './failures';

test('frames are file names and places, without the words of the error', () => {
  const error = new Error('no file ada@example.com.jpg');
  error.stack = `Error: no file ada@example.com.jpg
    at https://cut.example/assets/Single-Zk3x9QwT.js:1:2301
    at https://cut.example/assets/index-abc.js:12:1`;
  expect(framesOf(error)).toEqual(['Single-Zk3x9QwT.js:1:2301', 'index-abc.js:12:1']);
  expect(framesOf('text')).toEqual([]);
});
