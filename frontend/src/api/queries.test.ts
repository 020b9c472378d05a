import { afterEach, expect, test } from 'vitest';
import { connection } from '../live/connection';
import { Offline } from './errors';
import { queries } from './queries';

afterEach(() => {
  queries.clear();
  connection.found();
});

const answered = (meta = {}) =>
  queries.fetchQuery({ queryKey: ['a'], queryFn: async () => 'told', staleTime: 0, meta });

test('no answer means that the connection is lost, and an answer that it is back', async () => {
  const asked = queries.fetchQuery({
    queryKey: ['b'],
    queryFn: () => Promise.reject(new Offline()),
    retry: 0,
  });
  await expect(asked).rejects.toBeInstanceOf(Offline);
  expect(connection.isLost).toBe(true);
  await answered();
  expect(connection.isLost).toBe(false);
});

test('what the page itself knows, or asks to be read again, is no answer', async () => {
  await answered();
  connection.lost();
  queries.setQueryData(['a'], 'known');
  await queries.invalidateQueries({ queryKey: ['a'] });
  await answered({ local: true });
  expect(connection.isLost).toBe(true);
});
