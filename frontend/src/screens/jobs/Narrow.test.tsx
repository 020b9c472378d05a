import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { show } from '../../test/show';
import { NONE } from './filters';
import { Narrow } from './Narrow';

function Filtered() {
  const [filters, change] = useState({ ...NONE, status: 'failed' as (typeof NONE)['status'] });
  return <Narrow filters={filters} onChange={(to) => change({ ...filters, ...to })} />;
}

test('filters do not close over the one that is changed', async () => {
  const { container } = show(<Filtered />);
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'All');
  expect(screen.getByText('Filters')).toBeTruthy(); // none is on
  expect(container.querySelector('details')?.open).toBe(true);
});
