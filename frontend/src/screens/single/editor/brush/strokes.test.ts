import { expect, test } from 'vitest';
import { add, EMPTY, redo, type Stroke, undo } from './strokes';

const stroke = (radius: number): Stroke => ({ mode: 'keep', radius, points: [] });

test('what is taken back comes again, until something new is drawn', () => {
  const two = add(add(EMPTY, stroke(1)), stroke(2));
  const one = undo(two);
  expect(one.done).toEqual([stroke(1)]);
  expect(redo(one)).toEqual(two);
  expect(redo(add(one, stroke(3))).done).toEqual([stroke(1), stroke(3)]);
});

test('there is nothing before the first and nothing after the last', () => {
  expect(undo(EMPTY)).toEqual(EMPTY);
  expect(redo(add(EMPTY, stroke(1)))).toEqual(add(EMPTY, stroke(1)));
});
