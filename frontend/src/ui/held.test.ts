import { expect, test } from 'vitest';
import { isKeyHeld, watchKeys } from './held';

test('a key that repeats is held until it is let go, or another is pressed', () => {
  watchKeys();
  const press = (repeat: boolean) => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'v', repeat }));
  press(false);
  expect(isKeyHeld()).toBe(false);
  press(true);
  expect(isKeyHeld()).toBe(true);
  press(false);
  expect(isKeyHeld()).toBe(false);
  press(true);
  window.dispatchEvent(new KeyboardEvent('keyup', { key: 'v' }));
  expect(isKeyHeld()).toBe(false);
});
