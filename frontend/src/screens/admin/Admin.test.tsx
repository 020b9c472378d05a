import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Route } from 'wouter';
import { queries, startQuery } from '../../api/queries';
import type { Start } from '../../app/session';
import { answering } from '../../test/answers';
import { START, show } from '../../test/show';
import Admin from './Admin';

const NONE = { page: 1, limit: 20, total: 0, pages: 0 };
const MANY = { page: 1, limit: 20, total: 30, pages: 2 };
const PERSON = {
  id: '1',
  name: 'Budi',
  email: 'budi@example.com',
  hasAddress: true,
  role: 'user',
  status: 'active',
  createdAt: '2026-11-01T00:00:00Z',
};

beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function showAdmin(path: string, given: Record<string, unknown>, start: Partial<Start> = {}) {
  const answers = answering({ '/api/admin/attention': { matters: [] }, ...given });
  window.history.replaceState(null, '', path);
  queries.clear();
  queries.setQueryData(startQuery.queryKey, { ...START, ...start });
  const admin = (
    <Route path="/admin/:section?/:id?">
      <Admin />
    </Route>
  );
  await act(async () => show(admin, start, queries));
  return answers;
}

const link = (name: string) =>
  within(screen.getByRole('navigation', { name: 'Administration' })).getByRole('link', { name });

test('a section that is waited for leaves the navigation, and the focus, where they are', async () => {
  const answers = await showAdmin('/admin', { '/api/admin/users': null });
  const people = link('People');
  await userEvent.click(people);
  expect(screen.getByRole('region', { name: 'People' })).toBeTruthy();
  expect(people.closest('[style*="none"]')).toBeNull(); // what waits is hidden by React
  expect(document.activeElement).toBe(people);
  answers['/api/admin/users'] = { users: [PERSON], pagination: NONE };
  expect(await screen.findByRole('link', { name: 'Budi' })).toBeTruthy();
  expect(link('People')).toBe(people);
});

test('a section that fails takes no other with it, and is read again when it is shown again', async () => {
  const answers = await showAdmin('/admin/running', {});
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeTruthy();
  await userEvent.click(link('To do'));
  expect(await screen.findByText('Nothing needs you')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
  answers['/api/admin/running'] = { queues: [], workers: [] };
  await userEvent.click(link('Queues and workers'));
  expect(await screen.findByText(/None lives/)).toBeTruthy();
});

test('other payments are waited for without the choice of them', async () => {
  const answers = await showAdmin('/admin/payments', {
    '/api/admin/payments': { payments: [], pagination: NONE },
  });
  const choice = await screen.findByLabelText('Show');
  await screen.findByText('There are none.');
  answers['/api/admin/payments'] = null;
  await userEvent.selectOptions(choice, 'Paid');
  expect(screen.queryByText('There are none.')).toBeNull();
  expect(choice.closest('[style*="none"]')).toBeNull();
  answers['/api/admin/payments'] = undefined;
  expect(await screen.findByRole('alert')).toBeTruthy();
  expect(screen.getByLabelText('Show')).toBe(choice);
});

test('who is looked for stands in the address, and a page stays until the next is there', async () => {
  const found = (pagination: object) => ({ users: [PERSON], pagination });
  const answers = await showAdmin('/admin/people?search=budi', { '/api/admin/users': found(MANY) });
  const field = screen.getByLabelText<HTMLInputElement>('Search by address or name');
  expect(field.value).toBe('budi');
  answers['/api/admin/users'] = null;
  const next = screen.getByRole('button', { name: 'Next page' });
  await userEvent.click(next);
  expect(window.location.search).toBe('?search=budi&page=2');
  expect(screen.getByRole('link', { name: 'Budi' }).closest('[style*="none"]')).toBeNull();
  answers['/api/admin/users'] = found({ ...MANY, page: 2 });
  expect(await screen.findByText(/2 of 2/)).toBeTruthy();
  expect(document.activeElement).toBe(next); // although there is no next one any more
  expect(next.getAttribute('aria-disabled')).toBe('true');
  vi.mocked(fetch).mockClear();
  for (const value of ['budi s', 'budi sa', 'budi san']) fireEvent.change(field, { target: { value } });
  await waitFor(() => expect(window.location.search).toBe('?search=budi+san'));
  await waitFor(() => expect(vi.mocked(fetch)).toHaveBeenCalled());
  expect(vi.mocked(fetch)).toHaveBeenCalledTimes(1); // not for each letter
});

test('without accounts there are no sections about them', async () => {
  await showAdmin('/admin/people', {}, { open: true });
  expect(await screen.findByText('Nothing needs you')).toBeTruthy();
  const names = screen.getAllByRole('link').map((each) => each.textContent);
  expect(names).toEqual(['To do', 'Queues and workers']);
});
