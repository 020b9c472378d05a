/** The picture as the server composes it, a moment after the last change. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { compose } from '../calls';
import { type Edits, isLayered } from './edits';

const CALM_MS = 250;

export function useSettled<T>(value: T, calm = CALM_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), calm);
    return () => clearTimeout(timer);
  }, [value, calm]);
  return settled;
}

/** An address for a blob, as long as it is shown. */
export function useObjectUrl(blob: Blob | null | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) {
      setUrl(null);
      return;
    }
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

interface Shown {
  url: string | null;
  busy: boolean;
  error: unknown;
}

/** For what the browser cannot lay out itself: crop, size, shadow. Shown as PNG, whatever the file will be. */
export function useComposed(jobId: string, edits: Edits, version: string): Shown {
  const wanted = useSettled(edits);
  const needed = !isLayered(edits);
  const shown = { ...wanted, format: 'png' as const, quality: 90 };
  const { data, error, isFetching } = useQuery({
    queryKey: [
      'composed',
      jobId,
      version,
      { ...shown, image: shown.image && `${shown.image.name} ${shown.image.lastModified}` },
    ],
    queryFn: ({ signal }) => compose(jobId, shown, signal),
    enabled: needed && !isLayered(wanted),
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  const url = useObjectUrl(needed ? data : null);
  return { url, busy: needed && (isFetching || wanted !== edits), error: needed ? error : null };
}
