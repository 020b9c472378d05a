import { fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { Compare } from './Compare';

function shown() {
  const { container } = render(<Compare label="Before and after" before={null} after={null} />);
  const box = container.firstElementChild as HTMLElement;
  vi.spyOn(box, 'getBoundingClientRect').mockReturnValue({ left: 0, width: 200 } as DOMRect);
  const at = () => Number((screen.getByRole('slider') as HTMLInputElement).value);
  const finger = (kind: 'Down' | 'Move' | 'Up' | 'Cancel', clientX: number, pointerId = 1) =>
    fireEvent[`pointer${kind}`](box, {
      clientX,
      pointerId,
      button: 0,
      pointerType: 'touch',
      isPrimary: pointerId === 1,
    });
  return { box, at, finger };
}

beforeEach(() => {
  Element.prototype.setPointerCapture = () => undefined;
});

test('one finger moves the line, by dragging and by a tap', () => {
  const { at, finger } = shown();
  finger('Down', 20);
  expect(at()).toBe(50);
  finger('Move', 60);
  expect(at()).toBe(30);
  finger('Up', 60);
  finger('Down', 160);
  finger('Up', 160);
  expect(at()).toBe(80);
});

test('two fingers never move it, whatever the first did before the second came', () => {
  const { at, finger } = shown();
  finger('Down', 20);
  finger('Move', 60);
  finger('Down', 120, 2);
  expect(at()).toBe(50);
  finger('Move', 10);
  finger('Move', 180, 2);
  finger('Up', 180, 2);
  finger('Up', 10);
  expect(at()).toBe(50);
});

test('a second finger beside the picture counts, and so does the page that scrolls', () => {
  const { at, finger } = shown();
  finger('Down', 20);
  finger('Move', 60);
  fireEvent(window, Object.assign(new Event('touchstart'), { touches: [1, 2] }));
  finger('Move', 100);
  expect(at()).toBe(50);
  finger('Down', 20);
  finger('Move', 60);
  finger('Cancel', 60);
  expect(at()).toBe(50);
});

test('the mouse moves it at once', () => {
  const { box, at } = shown();
  fireEvent.pointerDown(box, {
    clientX: 150,
    pointerId: 1,
    button: 0,
    pointerType: 'mouse',
    isPrimary: true,
  });
  expect(at()).toBe(75);
});
