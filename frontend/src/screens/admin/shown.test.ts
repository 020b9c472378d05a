import { expect, test } from 'vitest';
import { peopleSearchOf, SHOWN, searchOf, shownOf, soughtOf, whichOf } from './shown';

test('an address says which payments are shown, and comes back as it was', () => {
  for (const show of SHOWN) {
    for (const page of [1, 3]) expect(shownOf(searchOf({ show, page }))).toEqual({ show, page });
  }
  expect(searchOf({ show: 'pending', page: 1 })).toBe('');
});

test('what is no state and no page is the first page of what waits', () => {
  expect(shownOf('show=gold&page=-1')).toEqual({ show: 'pending', page: 1 });
});

test('money that delivered nothing is no state of its own', () => {
  expect(whichOf({ show: 'attention', page: 2 })).toEqual({ attention: true, page: 2 });
  expect(whichOf({ show: 'all', page: 1 })).toEqual({ page: 1 });
  expect(whichOf({ show: 'paid', page: 1 })).toEqual({ status: 'paid', page: 1 });
});

test('an address says who is looked for', () => {
  const sought = { words: 'Budi & Ayu', page: 2 };
  expect(soughtOf(peopleSearchOf(sought))).toEqual(sought);
  expect(peopleSearchOf({ words: '', page: 1 })).toBe('');
  expect(soughtOf('page=0')).toEqual({ words: '', page: 1 });
});
