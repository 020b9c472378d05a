/** A part of a screen that is waited for, and fails, by itself: what is around it stays, and so does the focus. */
import { type ReactNode, Suspense } from 'react';
import { Skeleton } from '../ui/Card';
import { ErrorBoundary } from './ErrorBoundary';

/** Give it a `key` of what it shows: what failed is forgotten with it. */
export function Apart({ children }: { children: ReactNode }) {
  return (
    <ErrorBoundary>
      <Suspense fallback={<Skeleton height="12rem" />}>{children}</Suspense>
    </ErrorBoundary>
  );
}
