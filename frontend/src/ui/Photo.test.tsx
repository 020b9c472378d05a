import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { connection } from '../live/connection';
import { Photo } from './Photo';

afterEach(() => connection.found());

const heals = () =>
  act(async () => {
    connection.lost();
    connection.found();
  });

test('a picture that did not arrive is asked for again when the connection is back, and no other is', async () => {
  render(<Photo src="/cat.png" alt="cat" />);
  const first = screen.getByRole('img');
  await heals();
  expect(screen.getByRole('img')).toBe(first);
  fireEvent.error(first);
  await heals();
  expect(screen.getByRole('img')).not.toBe(first);
});
