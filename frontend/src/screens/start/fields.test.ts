import { expect, test } from 'vitest';
import { nextPath } from './fields';

test('after logging in, nobody is sent to another site', () => {
  expect(nextPath('?next=/account')).toBe('/account');
  for (const bad of ['https://evil.example', '//evil.example', '/\\evil.example', '']) {
    expect(nextPath(`?next=${encodeURIComponent(bad)}`), bad).toBe('/');
  }
});
