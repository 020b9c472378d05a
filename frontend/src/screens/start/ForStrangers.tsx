/** Forms of the start: whoever is here already goes on to where they wanted. */
import type { ReactNode } from 'react';
import { Redirect, useSearch } from 'wouter';
import { useStart } from '../../app/session';
import { nextPath } from './fields';
import { usePending } from './pending';

export function ForStrangers({ children }: { children: ReactNode }) {
  const { open, user } = useStart();
  const search = useSearch();
  const pending = usePending();
  if (!open && user === null) return children;
  return <Redirect to={pending ? '/apps/background-remover/single' : nextPath(search)} replace />;
}
