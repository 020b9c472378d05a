import { act, renderHook } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { setTheme, useTheme } from './theme';

afterEach(() => setTheme('system'));

test('a theme chosen in another tab shows here, too', () => {
  const { result } = renderHook(useTheme);
  localStorage.setItem('lumiku-theme', 'dark');
  act(() => void window.dispatchEvent(new StorageEvent('storage', { key: 'lumiku-theme' })));
  expect([result.current, document.documentElement.dataset.theme]).toEqual(['dark', 'dark']);
  act(() => setTheme('system'));
  expect([result.current, document.documentElement.dataset.theme]).toEqual(['system', undefined]);
});
