import { expect, test } from 'vitest';
import { curlLine } from './curl';

const line = (...scopes: string[]) => curlLine('https://pictures.example', 'lmk_x', scopes);

test('a key that may remove backgrounds removes one', () => {
  expect(line('credits:read', 'removals:write')).toBe(
    "curl -sS https://pictures.example/api/background-remover/remove -H 'Authorization: Bearer lmk_x' -F image=@picture.jpg",
  );
});

test('another key does what it may', () => {
  expect(line('credits:read')).toContain('/api/credits/balance');
  expect(line('webhooks:write')).toBeNull();
});
