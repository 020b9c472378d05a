import { expect, test } from 'vitest';
import { nextPath } from './fields';

test('after logging in, nobody is sent to another site', () => {
  expect(nextPath('?next=/account')).toBe('/account');
  expect(nextPath(`?next=${encodeURIComponent('/account?a=1#b')}`)).toBe('/account?a=1#b');
  const slashed = [
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
  ];
  for (const bad of [...slashed, 'https://evil.example', 'javascript:alert(1)', 'http://[', '']) {
    expect(nextPath(`?next=${encodeURIComponent(bad)}`), bad).toBe('/');
  }
});
