import { expect, test } from 'vitest';
import { ApiError, FileGone, Offline } from '../api/errors';
import { en } from '../i18n/en/index';
import { formatFor } from '../i18n/format';
import { errors } from '../i18n/id/errors';
import { errorText } from './errorText';

const say = (error: unknown) => errorText(error, en.errors, formatFor('en'));
const inIndonesian = (error: unknown) => errorText(error, errors, formatFor('id'));

test('a refusal says what happened and what to do', () => {
  expect(say(new ApiError(402, 'INSUFFICIENT_CREDITS', 'x', { required: 1200, available: 8 }))).toContain(
    '1,200',
  );
  expect(say(new ApiError(429, 'RATE_LIMIT_EXCEEDED', 'x', {}, '', 12))).toContain('12 sec');
  expect(say(new Offline())).toBe(en.errors.offline);
  expect(say(new FileGone())).toBe(en.errors.unreadable);
});

test('a refusal for credits says what the plan pays for, and from when on', () => {
  const short = (details: object) =>
    say(new ApiError(402, 'INSUFFICIENT_CREDITS', 'x', { required: 24, available: 2, ...details }));
  const resets = { quotaResetsAt: '2026-11-30T00:00:00+00:00' };
  expect(short({})).not.toContain('quota');
  const usedUp = short({ quotaImages: 0, ...resets });
  expect(usedUp).toMatch(/quota is used up until .*2026/);
  expect(usedUp).toMatch(/24 credits .* you have 2/);
  expect(short({ quotaImages: 4, ...resets })).toMatch(/pays for 4 .*2026.* 24 credits/);
});

test('only a fault of ours names the request', () => {
  expect(say(new ApiError(500, 'INTERNAL_ERROR', 'x', {}, 'abc-1'))).toContain('abc-1');
  expect(say(new ApiError(404, 'NOT_FOUND', 'x', {}, 'abc-1'))).not.toContain('abc-1');
});

test('what is refused for one of many reasons is said in the person’s language', () => {
  const short = { field: 'password', reason: 'PASSWORD_TOO_SHORT', shortest: 12 };
  const refused = new ApiError(400, 'INVALID_INPUT', 'a password has at least 12 characters', short);
  expect(say(refused)).toContain('at least 12 characters');
  expect(inIndonesian(refused)).toContain('sandi');
  expect(inIndonesian(refused)).not.toContain('at least');
});

test('a wide code has the server’s words where the language is theirs, and ours elsewhere', () => {
  const refused = new ApiError(400, 'INVALID_INPUT', 'the margin is too wide');
  expect(say(refused)).toBe('The margin is too wide.');
  expect(inIndonesian(refused)).toBe(errors.byCode.INVALID_INPUT);
});

test('a field that is refused is named as the form names it, and never as the request does', () => {
  const fields = [{ field: 'body.name', problem: 'String should have at most 120 characters' }];
  const refused = new ApiError(422, 'INVALID_INPUT', 'not as documented: body.name', { fields });
  expect(say(refused)).toBe(en.errors.badField('Name'));
  expect(inIndonesian(refused)).toBe(errors.badField('Nama'));
  const unknown = new ApiError(422, 'INVALID_INPUT', 'not as documented: body.x', {
    fields: [{ field: 'body.x', problem: 'x' }],
  });
  expect(say(unknown)).toBe(en.errors.byCode.INVALID_INPUT);
  const option = new ApiError(400, 'INVALID_INPUT', '`crop_margin` cannot be 7: 1, 2 or 4.');
  expect(say(option)).toBe(en.errors.byCode.INVALID_INPUT);
});

test('a background that cannot be used is not taken for the photo', () => {
  const refused = new ApiError(400, 'UNREADABLE_IMAGE', 'x', { field: 'backgroundImage' });
  expect(say(refused)).toMatch(/^Background picture: The picture is damaged/);
  expect(inIndonesian(refused)).toMatch(/^Foto latar: Foto rusak/);
  const composed = new ApiError(400, 'INVALID_FILE_TYPE', 'x', { option: 'background_image' });
  expect(say(composed)).toMatch(/^Background picture: This is not a picture/);
  expect(say(new ApiError(400, 'UNREADABLE_IMAGE', 'x'))).not.toContain('ackground');
});

test('what we have no words for is said in the server’s, and never as code', () => {
  expect(say(new ApiError(400, 'NEW_CODE', 'the margin is too wide'))).toBe('The margin is too wide.');
  expect(say(new TypeError('x is undefined'))).toBe(en.errors.unknown);
});
