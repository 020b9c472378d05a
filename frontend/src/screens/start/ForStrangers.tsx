/** Forms of the start: whoever is here already goes on to where they wanted. */
import type { ReactNode } from 'react';
import { Redirect, useSearch } from 'wouter';
import { useStart } from '../../app/session';
import { nextPath } from './fields';
import { usePendingPlace } from './pending';

export function ForStrangers({ children }: { children: ReactNode }) {
  const { open, user } = useStart();
  const search = useSearch();
  const place = usePendingPlace();
  if (!open && user === null) return children;
  return <Redirect to={place ?? nextPath(search)} replace />;
}
