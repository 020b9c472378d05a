/** How fast a number grows, looked at as it does and once a second. */
import { useEffect, useRef, useState } from 'react';
import { rateOf, type Sample, sampled, secondsLeft } from './pace';

export interface Pace {
  /** A second. */
  rate: number | null;
  secondsLeft: number | null;
}

export function usePace(done: number, all: number, running: boolean): Pace {
  const samples = useRef<readonly Sample[]>([]);
  const [, tick] = useState(0);
  useEffect(() => {
    samples.current = running ? sampled(samples.current, { at: Date.now(), done }) : [];
  }, [done, running]);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  const rate = running ? rateOf(samples.current, Date.now()) : null;
  return { rate, secondsLeft: secondsLeft(all - done, rate) };
}
