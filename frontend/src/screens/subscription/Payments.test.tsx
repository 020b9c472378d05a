import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Suspense } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { answering } from '../../test/answers';
import { show } from '../../test/show';
import { Payments } from './Payments';

afterEach(() => vi.unstubAllGlobals());

test('a page of payments stays until the next is there', async () => {
  const payment = { id: '1', number: 'INV-1', kind: 'package', credits: 1500, amount: 100_000 };
  const pageOf = (page: number) => ({
    payments: [{ ...payment, number: `INV-${page}`, status: 'paid', createdAt: '2026-11-01T00:00:00Z' }],
    pagination: { page, limit: 10, total: 11, pages: 2 },
  });
  const answers = answering({ '/api/payments': pageOf(1) });
  show(
    <Suspense>
      <Payments />
    </Suspense>,
  );
  const next = await screen.findByRole('button', { name: 'Next page' });
  answers['/api/payments'] = null;
  await userEvent.click(next);
  expect(next.closest('[style*="none"]')).toBeNull(); // what waits is hidden by React
  answers['/api/payments'] = pageOf(2);
  await screen.findByText(/^INV-2/, { selector: 'small' });
  expect(document.activeElement).toBe(next);
});
