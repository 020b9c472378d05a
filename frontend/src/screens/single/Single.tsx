/** One picture: hand it in, watch it, change it, take it away. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { creditsChanged, queries } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';
import { useLive } from '../../live/useLive';
import { DropVeil } from '../../ui/DropVeil';
import { ErrorNotice } from '../../ui/Notice';
import { useDrop } from '../../ui/useDrop';
import { takePending } from '../start/pending';
import { Begin } from './Begin';
import { readJob, remove } from './calls';
import { Editor } from './Editor';
import type { Tier } from './edits';
import { Outcome } from './Outcome';
import { useAccepted } from './useAccepted';
import { useTier } from './useTier';
import { Working } from './Working';

export default function Single() {
  const text = useText();
  const { id } = useParams<{ id?: string }>();
  const [, go] = useLocation();
  const [tier, setTier] = useTier();
  const [file, setFile] = useState<File | null>(null);
  useTitle(text.single.title);
  useLive();

  const removing = useMutation({
    mutationFn: ({ file, tier }: { file: File; tier: Tier }) => remove(file, tier),
    onSuccess: (job) => {
      queries.setQueryData(['job', job.id], job);
      go(`${tabPath('single')}/${job.id}`);
    },
    onSettled: creditsChanged,
  });
  const { data: job, error } = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => readJob(id ?? '', signal),
    enabled: id !== undefined,
  });

  const { mutate } = removing;
  const begin = useCallback(
    (given: File, tier: Tier) => {
      setFile(given);
      mutate({ file: given, tier });
    },
    [mutate],
  );
  const accept = useAccepted((given) => begin(given, tier));
  const dragging = useDrop(accept);
  useEffect(() => {
    const kept = takePending();
    if (kept) begin(kept, tier);
  }, [begin, tier]);

  const another = () => {
    setFile(null);
    removing.reset();
    go(tabPath('single'));
  };

  const body = () => {
    if (removing.isPending && file) return <Working file={file} job={null} />;
    if (id === undefined)
      return <Begin tier={tier} onTier={setTier} onFiles={accept} error={removing.error} />;
    if (error) return <ErrorNotice error={error} />;
    if (!job) return <Working file={file} job={null} />;
    if (job.status === 'completed') return <Editor key={job.id} job={job} file={file} onAnother={another} />;
    if (job.status === 'pending' || job.status === 'processing') return <Working file={file} job={job} />;
    return <Outcome job={job} onAnother={another} />;
  };
  return (
    <>
      {body()}
      <DropVeil shown={dragging}>{text.start.hero.dropHere}</DropVeil>
    </>
  );
}
