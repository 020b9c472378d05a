/** The upload of a batch that waits for files: this page's own, or built again after a reload. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { BatchState } from '../calls';
import type { Upload } from './Upload';
import { rebuilt, uploadOf } from './uploads';

/** Null where none is wanted; undefined while it is being built. */
export function useUpload(state: BatchState | undefined): Upload | null | undefined {
  const waits = state !== undefined && state.batch.status === 'pending' && !state.batch.started;
  const id = state?.batch.id ?? '';
  const [, built] = useState<Upload | null>(null);
  const upload = uploadOf(id);
  useEffect(() => {
    if (!waits) return;
    const known = uploadOf(id);
    if (known) known.goOn();
    else void rebuilt(state).then(built);
  }, [waits, id, state]);
  useEffect(() => {
    if (waits) uploadOf(id)?.follow(state.items);
  }, [waits, id, state]);
  useSyncExternalStore(upload?.subscribe ?? NEVER, upload?.snapshot ?? ZERO);
  const watched = waits && upload?.watched;
  useEffect(() => {
    if (!watched) return;
    const timer = setInterval(() => void upload.look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [watched, upload]);
  return waits ? upload : null;
}

const LOOK_MS = 2500; // at what another tab does

const NEVER = () => () => undefined;
const ZERO = () => 0;
