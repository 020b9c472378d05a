/** The mark: half a sun, half the chequers of nothing. */
import { useId } from 'react';

const CHEQUERS =
  'M16 2h3v3h-3zM22 2h3v3h-3zM19 5h3v3h-3zM25 5h3v3h-3zM16 8h3v3h-3zM22 8h3v3h-3zM28 8h3v3h-3zM19 11h3v3h-3zM25 11h3v3h-3zM16 14h3v3h-3zM22 14h3v3h-3zM28 14h3v3h-3zM19 17h3v3h-3zM25 17h3v3h-3zM16 20h3v3h-3zM22 20h3v3h-3zM28 20h3v3h-3zM19 23h3v3h-3zM25 23h3v3h-3zM16 26h3v3h-3zM22 26h3v3h-3z';

export function Mark() {
  const disc = useId();
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" fill="var(--accent)">
      <clipPath id={disc}>
        <circle cx="16" cy="16" r="14" />
      </clipPath>
      <path d="M16 2a14 14 0 0 0 0 28z" />
      <path d={CHEQUERS} clipPath={`url(#${disc})`} opacity="0.75" />
    </svg>
  );
}
