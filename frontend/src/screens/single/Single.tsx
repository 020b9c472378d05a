/** One picture: hand it in, watch it, change it, take it away. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { isGone } from '../../api/errors';
import { useMutation } from '../../api/mutations';
import { creditsChanged, queries } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { useUser } from '../../app/session';
import { type Tier, useTier } from '../../app/tier';
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';
import { useLive } from '../../live/useLive';
import { Button } from '../../ui/Button';
import { DropVeil } from '../../ui/DropVeil';
import { useErrorText } from '../../ui/errorText';
import { Gone } from '../../ui/Gone';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import { useDrop } from '../../ui/useDrop';
import { takePending } from '../start/pending';
import { readJob, readOriginal } from './calls';
import { Editor } from './editor/Editor';
import { isRunning, type Job } from './editor/edits';
import { Outcome } from './editor/Outcome';
import { Begin } from './removal/Begin';
import { callOff, endOf, isCallingOff } from './removal/callOff';
import { Refusal } from './removal/Refusal';
import { asides, type Intent } from './removal/remembered';
import { useAccepted } from './removal/useAccepted';
import { goOn, useRemoval } from './removal/useRemoval';
import { Working } from './removal/Working';

/** A file, and the job that it became. */
interface Given {
  file: File;
  job: string;
}

export default function Single() {
  const text = useText();
  const { id } = useParams<{ id?: string }>();
  const [, go] = useLocation();
  const [tier, setTier] = useTier();
  const [given, setGiven] = useState<Given | null>(null);
  useTitle(text.single.title);
  useLive();

  const describe = useErrorText();
  const lost = useCallback(
    ({ file }: Intent, error: unknown) => toast.bad(`${file.name}: ${describe(error)}`),
    [describe],
  );
  const goesOn = (name: string) => toast.good(text.single.goesOn(name));
  const removal = useRemoval(id ?? null, {
    onJob: (job, { file, of }) => {
      if (of !== (id ?? null)) return void toast.good(text.single.isDone(file.name)); // another is looked at
      setGiven({ file, job: job.id });
      go(`${tabPath('single')}/${job.id}`);
    },
    onLeft: ({ file }) => goesOn(file.name),
    onLost: lost,
    onCancel: (intent) => cancelling.mutate(intent),
  });
  const { begin } = removal;
  const cancelling = useCancelling();
  const owner = useUser()?.id ?? '';
  const { mutate: callThisOff } = cancelling;
  useEffect(() => {
    // What a reload or a closed tab has kept from its end.
    void asides(owner, Date.now()).then((all) => {
      for (const each of all) {
        if (each.aside === 'left') goOn(each, lost);
        else if (!isCallingOff(each)) callThisOff(each);
      }
    });
  }, [owner, callThisOff, lost]);
  const { data: job, error } = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => readJob(id ?? '', signal),
    enabled: id !== undefined,
  });

  const accept = useAccepted((file) => {
    if (id !== undefined) go(tabPath('single'));
    if (job && isRunning(job)) goesOn(job.originalName);
    begin(file, tier);
  });
  const dragging = useDrop(accept);
  useEffect(() => {
    const kept = takePending();
    if (kept) begin(kept, tier);
  }, [begin, tier]);

  const another = () => {
    if (job && isRunning(job)) goesOn(job.originalName);
    setGiven(null);
    removal.drop();
    go(tabPath('single'));
  };
  const again = useMutation({
    mutationFn: async ({ job, tier }: { job: Job; tier: Tier }) => {
      const file = given?.job === job.id ? given.file : await readOriginal(job);
      begin(file, tier, job.id);
    },
  });

  const file = given !== null && given.job === id ? given.file : null; // of this job, and of no other
  const absent = error !== null && (!job || isGone(error)); // of one that is shown, a later reading may fail
  const refusal = (other: unknown) => <Refusal error={removal.error ?? other} onAgain={removal.again} />;
  const shown = job ?? null;
  const cancelShown = shown && (() => cancelling.mutate(shown));
  const body = () => {
    if (removal.intent?.of === (id ?? null) && (removal.running || removal.awaited))
      return (
        <Working
          file={removal.intent.file}
          job={null}
          awaited={removal.awaited}
          onCancel={removal.cancel}
          onAnother={another}
        />
      );
    if (id === undefined)
      return <Begin tier={tier} onTier={setTier} onFiles={accept} refusal={refusal(null)} />;
    if (absent) return <Absent error={error} onAnother={another} />;
    if (!job || isRunning(job))
      return <Working file={file} job={shown} onCancel={cancelShown} onAnother={another} />;
    const higher = (next: Tier) => again.mutate({ job, tier: next });
    const Ended = job.status === 'completed' ? Editor : Outcome;
    return (
      <>
        {refusal(again.error)}
        <Ended key={job.id} job={job} file={file} onAnother={another} onTier={higher} />
      </>
    );
  };
  return (
    <>
      {body()}
      <DropVeil shown={dragging}>{text.start.hero.dropHere}</DropVeil>
    </>
  );
}

const SLOW_MS = 1500;

function nameOf(what: Intent | Job): string {
  return 'key' in what ? what.file.name : what.originalName;
}

/** Of a picture that is on its way, or of a job that runs. */
function useCancelling() {
  const text = useText().single;
  const describe = useErrorText();
  return useMutation(
    {
      mutationFn: (what: Intent | Job) => {
        const slow = setTimeout(() => toast.good(text.willCancel(nameOf(what))), SLOW_MS);
        return ('key' in what ? callOff(what) : endOf(what.id)).finally(() => clearTimeout(slow));
      },
      onSuccess: (how, what) => {
        creditsChanged();
        if (how === 'out') return void toast.good(text.cameOut(nameOf(what)));
        if (how !== 'never') queries.setQueryData(['job', how.id], how);
        toast.good(text.cancelled, text.notCharged);
      },
      onError: (error) => toast.bad(describe(error)),
    },
    { per: (what) => ('key' in what ? what.key : what.id) },
  );
}

function Absent({ error, onAnother }: { error: Error; onAnother: () => void }) {
  const text = useText().single;
  if (!isGone(error)) return <ErrorNotice error={error} />;
  return (
    <Gone text={text.gone}>
      <Button look="primary" onClick={onAnother}>
        {text.another}
      </Button>
    </Gone>
  );
}
