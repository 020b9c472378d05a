import { expect, test } from 'vitest';
import { en } from './index';

test('one is one', () => {
  expect(en.admin.people.found('1')).toBe('1 account');
  expect(en.admin.people.found('0')).toBe('0 accounts');
  expect(en.start.hero.free('1')).toContain('with 1 credit,');
});
