import { expect, test } from 'vitest';
import { isId } from './links';

test('an id is one, and an odd address is none', () => {
  expect(isId('0198f0a2-7c1e-7d3b-9a55-0c4f6e2d1b7a')).toBe(true);
  for (const odd of ['abc', '', '0198f0a2', '0198f0a27c1e7d3b9a550c4f6e2d1b7a', 'x/../y']) {
    expect(isId(odd)).toBe(false);
  }
});
