import { expect, test } from 'vitest';
import { ApiError, Offline } from '../api/errors';
import { en } from '../i18n/en/index';
import { formatFor } from '../i18n/format';
import { errorText } from './errorText';

const say = (error: unknown) => errorText(error, en.errors, formatFor('en'));

test('a refusal says what happened and what to do', () => {
  expect(say(new ApiError(402, 'INSUFFICIENT_CREDITS', 'x', { required: 1200, available: 8 }))).toContain(
    '1,200',
  );
  expect(say(new ApiError(429, 'RATE_LIMIT_EXCEEDED', 'x', {}, '', 12))).toContain('12 sec');
  expect(say(new Offline())).toBe(en.errors.offline);
});

test('only a fault of ours names the request', () => {
  expect(say(new ApiError(500, 'INTERNAL_ERROR', 'x', {}, 'abc-1'))).toContain('abc-1');
  expect(say(new ApiError(404, 'NOT_FOUND', 'x', {}, 'abc-1'))).not.toContain('abc-1');
});

test('what we have no words for is said in the server’s, and never as code', () => {
  expect(say(new ApiError(400, 'NEW_CODE', 'the margin is too wide'))).toBe('The margin is too wide.');
  expect(say(new TypeError('x is undefined'))).toBe(en.errors.unknown);
});
