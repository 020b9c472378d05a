/** Light, dark, or as the system has it: the choice is kept in this browser. */
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'system';

const KEY = 'lumiku-theme';
const listeners = new Set<() => void>();

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

let current = stored();

function apply(): void {
  if (current === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = current;
  }
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  follow();
}

function follow(): void {
  current = stored();
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

apply();
window.addEventListener('storage', ({ key }) => key === KEY && follow()); // chosen in another tab
