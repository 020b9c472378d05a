import { act, cleanup, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { takePending } from '../screens/start/pending';
import { show } from '../test/show';
import { takesFiles } from '../ui/taken';
import { placeFor, useStrays } from './useStrays';

vi.mock('../ui/toasts', () => ({ toast: { bad: (said: string) => told.push(said) } }));
const told = vi.hoisted(() => [] as string[]);

afterEach(() => {
  cleanup();
  window.history.replaceState(null, '', '/');
});

function Shell({ inside }: { inside: boolean }) {
  useStrays(inside);
  return null;
}

async function letGo(...names: string[]) {
  const files = names.map((name) => new File(['x'], name));
  const event = Object.assign(new Event('drop'), { dataTransfer: { types: ['Files'], files, items: [] } });
  await act(async () => void window.dispatchEvent(event));
}

test('one goes to Single, more to Batch, and none into a batch that is shown', () => {
  const places = [0, 1, 2].map((count) => placeFor(count, '/account'));
  expect(places).toEqual(['nowhere', 'single', 'batch']);
  expect(placeFor(1, '/apps/background-remover/batch/1')).toBe('nowhere');
  expect(placeFor(1, '/apps/background-remover/batch')).toBe('single');
});

test('a picture let go on any screen is handed in, unless the screen itself takes it', async () => {
  show(<Shell inside />);
  const end = takesFiles();
  await letGo('cat.jpg');
  expect(takePending()).toBeNull();
  end();
  await letGo('cat.jpg');
  await waitFor(() => expect(window.location.pathname).toBe('/apps/background-remover/single'));
  expect(takePending()?.name).toBe('cat.jpg');
});

test('a stranger is told to log in', async () => {
  show(<Shell inside={false} />);
  await letGo('cat.jpg');
  await waitFor(() => expect(told.join()).toContain('Log in'));
  expect(window.location.pathname).toBe('/');
});
