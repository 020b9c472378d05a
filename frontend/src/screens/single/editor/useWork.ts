/** One's work on a picture, kept in the browser as it goes on. */
import { useQuery } from '@tanstack/react-query';
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react';
import { useUser } from '../../../app/session';
import type { Job } from './edits';
import { keep, recallWork, type Work } from './kept';

/** As it was left; undefined until the browser has told. */
export function useLeftWork(job: Job): Work | undefined {
  const owner = useUser()?.id ?? '';
  const { data } = useQuery({
    queryKey: ['work', owner, job.id],
    queryFn: () => recallWork({ job: job.id, owner, version: versionOf(job) }, Date.now()),
    networkMode: 'always',
    meta: { local: true },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return data;
}

export function useWork(job: Job, left: Work): [Work, Dispatch<SetStateAction<Work>>] {
  const owner = useUser()?.id ?? '';
  const [work, setWork] = useState(left);
  const known = useRef(left);
  const version = versionOf(job);
  useEffect(() => {
    if (known.current === work) return;
    known.current = work;
    keep({ ...work, job: job.id, owner, version, at: Date.now() });
  }, [work, job.id, owner, version]);
  return [work, setWork];
}

/** Of the result, which a changed matte changes. */
export function versionOf({ metadata }: Job): string {
  return metadata.sha256 ?? '';
}
