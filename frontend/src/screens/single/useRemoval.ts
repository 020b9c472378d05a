/** Handing in one picture: asked with one key until there is an answer, whatever comes between. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { idempotencyKey } from '../../api/client';
import { ApiError } from '../../api/errors';
import { creditsChanged, queries, startQuery } from '../../api/queries';
import { useUser } from '../../app/session';
import type { Tier } from '../../app/tier';
import { connection } from '../../live/connection';
import { remove } from './calls';
import type { Job } from './edits';
import { fateOf, forget, type Intent, recall, remember } from './remembered';

const SOON_MS = 1000;
const SOON_TIMES = 15;

interface Standing {
  intent: Intent | null;
  running: boolean;
  error: unknown;
}

export interface Removal extends Standing {
  begin: (file: File, tier: Tier, of?: string | null) => void;
  /** It goes on by itself as soon as the server answers. */
  awaited: boolean;
  /** The same request again; null where there is nothing to try. */
  again: (() => void) | null;
  /** Nothing more is wanted of it. */
  drop: () => void;
}

const NOTHING: Standing = { intent: null, running: false, error: null };
const asked = new Map<string, Promise<Job>>();

/** A screen that comes back while its request still runs waits for that one. */
function ask(intent: Intent): Promise<Job> {
  const known = asked.get(intent.key);
  if (known) return known;
  const asking = askUntilTold(intent).finally(() => asked.delete(intent.key));
  asked.set(intent.key, asking);
  return asking;
}

async function askUntilTold(intent: Intent): Promise<Job> {
  for (let time = 1; ; time += 1) {
    try {
      const job = await remove(intent);
      queries.setQueryData(['job', job.id], job);
      creditsChanged();
      return job;
    } catch (error) {
      const fate = fateOf(error);
      if (fate === 'heals') connection.lost();
      if (fate === 'over' || (fate === 'soon' && time === SOON_TIMES)) await forget(intent.key);
      if (fate !== 'soon' || time === SOON_TIMES) throw error;
      await new Promise((resolve) => setTimeout(resolve, SOON_MS));
    }
  }
}

export function useRemoval(shown: string | null, onJob: (job: Job, intent: Intent) => void): Removal {
  const owner = useUser()?.id ?? '';
  const [standing, setStanding] = useState(NOTHING);
  const current = useRef<Intent | null>(null); // what is told of any other is no longer asked for
  const told = useRef(onJob);
  told.current = onJob;

  const settle = useCallback((intent: Intent, job: Job) => {
    if (current.current !== intent) return; // kept until a screen shows it
    current.current = null;
    void forget(intent.key);
    setStanding(NOTHING);
    told.current(job, intent);
  }, []);
  const fail = useCallback((intent: Intent, error: unknown) => {
    if (current.current !== intent) return;
    if (['over', 'soon'].includes(fateOf(error))) current.current = null;
    setStanding({ intent: current.current, running: false, error });
    if (error instanceof ApiError && error.status === 402) creditsChanged(); // somebody has spent them
    void queries.invalidateQueries({ queryKey: startQuery.queryKey }); // a session that ended shows there
  }, []);
  const send = useCallback(
    async (intent: Intent, isNew: boolean) => {
      const replaced = current.current;
      current.current = intent;
      setStanding({ intent, running: true, error: null });
      if (replaced && replaced.key !== intent.key) void forget(replaced.key);
      if (isNew) await remember(intent);
      if (current.current !== intent) return;
      await ask(intent).then(
        (job) => settle(intent, job),
        (error) => fail(intent, error),
      );
    },
    [settle, fail],
  );

  const begin = useCallback(
    (file: File, tier: Tier, of: string | null = null) =>
      void send({ key: idempotencyKey(), owner, tier, file, of, at: Date.now() }, true),
    [send, owner],
  );
  const drop = useCallback(() => {
    if (current.current) void forget(current.current.key);
    current.current = null;
    setStanding(NOTHING);
  }, []);

  useEffect(() => {
    let wanted = true;
    void recall(owner, Date.now()).then((intent) => {
      if (wanted && intent && intent.of === shown && current.current === null) void send(intent, false);
    });
    return () => {
      wanted = false;
    };
  }, [send, owner, shown]);
  useEffect(
    () => () => {
      current.current = null; // it goes on when the screen is back
    },
    [],
  );

  const { intent, running, error } = standing;
  const heals = intent !== null && !running && fateOf(error) === 'heals';
  useEffect(() => {
    if (!heals || !intent) return;
    const go = () => void send(intent, false);
    if (!connection.isLost) go();
    return connection.onHealed(go);
  }, [heals, intent, send]);

  return {
    ...standing,
    awaited: heals,
    begin,
    again: intent && !running ? () => void send(intent, false) : null,
    drop,
  };
}
