import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Flight } from './Flight';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function waiting(flight: Flight) {
  const heard: string[] = [];
  const stop = flight.whenCalm(() => heard.push('calm'));
  return { heard, stop };
}

test('pictures wait while the list flies, and come when it slows down or stands still', () => {
  const flight = new Flight();
  flight.scrolled(0, 0);
  flight.scrolled(1000, 16);
  const { heard } = waiting(flight);
  flight.scrolled(2000, 32);
  expect(heard).toEqual([]);
  flight.scrolled(2010, 48);
  expect(heard).toEqual(['calm']);
  flight.scrolled(4000, 64);
  const second = waiting(flight);
  vi.advanceTimersByTime(1000);
  expect(second.heard).toEqual(['calm']);
  expect(vi.getTimerCount()).toBe(0);
});

test('where it is calm nothing waits, and what flew past is not told', () => {
  const flight = new Flight();
  expect(waiting(flight).heard).toEqual(['calm']);
  flight.scrolled(9000, 100);
  const { heard, stop } = waiting(flight);
  stop();
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([]);
});
