import { expect, test } from 'vitest';
import { keepPage } from './keepPage';

function happens(name: string, types: string[]): boolean {
  const event = new Event(name, { cancelable: true });
  Object.assign(event, { dataTransfer: { types } });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

test('files that nobody takes do not take the place of the page; text goes where it is let go', () => {
  expect(happens('drop', ['Files'])).toBe(false);
  keepPage();
  expect([happens('dragover', ['Files']), happens('drop', ['Files'])]).toEqual([true, true]);
  expect(happens('drop', ['text/plain'])).toBe(false);
});
