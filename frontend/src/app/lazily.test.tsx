import { act, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connection } from '../live/connection';
import { show } from '../test/show';
import { ErrorBoundary } from './ErrorBoundary';
import { Extra } from './Extra';
import { lazily } from './lazily';
import { UpgradeBanner } from './UpgradeBanner';

const answers = vi.fn<() => Promise<Response>>();
const load = vi.fn<() => Promise<{ default: () => React.JSX.Element }>>();

beforeEach(() => {
  vi.stubGlobal('fetch', answers);
  vi.spyOn(console, 'error').mockImplementation(() => undefined); // React tells of what boundaries catch
  answers.mockReset().mockRejectedValue(new TypeError('no line'));
  load.mockReset().mockRejectedValue(new TypeError('no chunk'));
});

afterEach(() => {
  connection.found();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const comes = () => load.mockResolvedValue({ default: () => <p>here</p> });
const heals = () => act(async () => connection.found());

function showScreen() {
  const Screen = lazily(load);
  return act(async () =>
    show(
      <ErrorBoundary>
        <Suspense>
          <Screen />
        </Suspense>
      </ErrorBoundary>,
    ),
  );
}

test('a screen that could not be loaded says that the server is away, and is there when it is back', async () => {
  await showScreen();
  expect((await screen.findByRole('alert')).textContent).toContain('The server does not answer');
  await heals(); // and the code is still not to be had
  expect((await screen.findByRole('alert')).textContent).toContain('The server does not answer');
  comes();
  await heals();
  expect(await screen.findByText('here')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('it is tried again on demand', async () => {
  await showScreen();
  const again = await screen.findByRole('button', { name: 'Try again' });
  comes();
  await act(async () => again.click());
  expect(await screen.findByText('here')).toBeTruthy();
});

test('what fails once while the server answers is tried at once', async () => {
  answers.mockImplementation(async () => new Response());
  load.mockRejectedValueOnce(new TypeError('no chunk')).mockResolvedValue({ default: () => <p>here</p> });
  await showScreen();
  expect(await screen.findByText('here')).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(2);
});

test('what an upgrade took away leads to a reload that is asked for', async () => {
  answers.mockImplementation(async () => new Response());
  await showScreen();
  expect((await screen.findByRole('alert')).textContent).toContain('has been upgraded');
  expect(screen.getByRole('button', { name: 'Load the page anew' })).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(2);
});

test('an extra that fails leaves the rest alone, and comes when the server is back', async () => {
  const Toasts = lazily(load);
  const fails = vi.fn();
  await act(async () =>
    show(
      <>
        <p>the page</p>
        <Extra fallback={<p>soon</p>} onFail={fails}>
          <Toasts />
        </Extra>
      </>,
    ),
  );
  await vi.waitFor(() => expect(fails).toHaveBeenCalledOnce());
  expect(screen.getByText('the page')).toBeTruthy();
  expect(screen.getByText('soon')).toBeTruthy();
  comes();
  await heals();
  expect(await screen.findByText('here')).toBeTruthy();
});

test('an extra that an upgrade took away leads to the same reload, said once', async () => {
  answers.mockImplementation(async () => new Response());
  const fails = vi.fn();
  const Menus = lazily(load);
  const Screen = lazily(load);
  const page = (more: React.ReactNode) => (
    <>
      <UpgradeBanner />
      <Extra onFail={fails}>
        <Menus />
      </Extra>
      {more}
    </>
  );
  const { rerender } = await act(async () => show(page(null)));
  expect((await screen.findByRole('status')).textContent).toContain('has been upgraded');
  expect(screen.getByRole('button', { name: 'Load the page anew' })).toBeTruthy();
  expect(fails).toHaveBeenCalledWith(null);
  await act(async () =>
    rerender(
      page(
        <ErrorBoundary>
          <Suspense>
            <Screen />
          </Suspense>
        </ErrorBoundary>,
      ),
    ),
  );
  expect((await screen.findByRole('alert')).textContent).toContain('has been upgraded');
  expect(screen.getAllByRole('button', { name: 'Load the page anew' })).toHaveLength(1);
});
