/** Handing in one picture: asked with one key until there is an answer, whatever comes between. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { idempotencyKey } from '../../../api/client';
import { ApiError } from '../../../api/errors';
import { creditsChanged, queries, startQuery } from '../../../api/queries';
import { useUser } from '../../../app/session';
import type { Tier } from '../../../app/tier';
import { connection } from '../../../live/connection';
import { insist, PATIENTLY } from '../../../live/insist';
import { remove } from '../calls';
import { isRunning, type Job } from '../editor/edits';
import { ended, failed, firstOf, forgetEnded, know } from './recent';
import { fateOf, forget, type Intent, recall, remember, setAside } from './remembered';

const SOON_MS = 1000;
const SOON_TIMES = 15;
const LONGEST_PAUSE_MS = 30_000;

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
  /** It is no longer looked at here; what runs goes on. */
  drop: () => void;
  /** It is not wanted any more; null where nothing is to be called off. */
  cancel: (() => void) | null;
}

const NOTHING: Standing = { intent: null, running: false, error: null };
const asked = new Map<string, Promise<Job>>();

/** A screen that comes back while its request still runs, or has just run, waits for that one. */
function ask(intent: Intent): Promise<Job> {
  const { key } = intent;
  const known = asked.get(key);
  if (known) return known;
  const asking = askUntilTold(intent);
  asked.set(key, asking);
  const over = () => asked.delete(key);
  asking.then(
    ({ status }) => {
      if (status === 'failed' || status === 'cancelled') failed(key);
      ended(key, over);
    },
    (error) => {
      if (fateOf(error) === 'over') failed(key);
      over();
    },
  );
  return asking;
}

async function askUntilTold(intent: Intent): Promise<Job> {
  for (let time = 1; ; time += 1) {
    try {
      const job = await remove(intent);
      keep(job);
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

function keep(job: Job): void {
  queries.setQueryData(['job', job.id], job);
  // What is told again is what was told first; by now it may be done, or gone.
  if (isRunning(job)) void queries.invalidateQueries({ queryKey: ['job', job.id] });
  creditsChanged();
}

const behind = new Set<string>();

/** What is no longer looked at waits by itself, for the line as for its turn, and outlives a reload. */
export function goOn(intent: Intent, onLost: Told['onLost']): void {
  const { key } = intent;
  if (behind.has(key)) return;
  behind.add(key);
  void setAside(intent, 'left');
  insist(() => ask(intent), PATIENTLY)
    .then(
      ({ status, error }) => {
        void forget(key);
        if (status === 'failed' && error) onLost(intent, new ApiError(200, error.code, error.message));
      },
      (error) => {
        if (error instanceof ApiError && error.status === 401) return; // it goes on after the next login
        void forget(key);
        onLost(intent, error);
      },
    )
    .finally(() => behind.delete(key));
}

interface Told {
  onJob: (job: Job, intent: Intent) => void;
  /** It goes on, and is no longer shown. */
  onLeft: (intent: Intent) => void;
  /** It went on, and in vain. */
  onLost: (intent: Intent, error: unknown) => void;
  /** It was asked for, and is to be called off. */
  onCancel: (intent: Intent) => void;
}

/** What answers others, and this request not, is asked later and later. */
export function pauseAfter(times: number): number {
  return times === 0 ? 0 : Math.min(1000 * 2 ** (times - 1), LONGEST_PAUSE_MS);
}

export function useRemoval(shown: string | null, screen: Told): Removal {
  const owner = useUser()?.id ?? '';
  const [standing, setStanding] = useState(NOTHING);
  const current = useRef<Intent | null>(null); // what is told of any other is no longer asked for
  const running = useRef<string | null>(null); // the key of what has no answer yet
  const waiting = useRef<string | null>(null); // the key of what waits for the line
  const here = useRef(true);
  const at = useRef(shown);
  at.current = shown;
  const told = useRef(screen);
  told.current = screen;

  const settle = useCallback((intent: Intent, job: Job) => {
    if (current.current !== intent) return; // kept until a screen shows it
    current.current = null;
    running.current = null;
    void forget(intent.key);
    setStanding(NOTHING);
    told.current.onJob(job, intent);
  }, []);
  const fail = useCallback((intent: Intent, error: unknown) => {
    if (current.current !== intent) return;
    running.current = null;
    waiting.current = fateOf(error) === 'heals' ? intent.key : null;
    if (['over', 'soon'].includes(fateOf(error))) current.current = null;
    const lost = current.current === null && intent.of !== at.current; // another picture is looked at
    setStanding({ intent: current.current, running: false, error: lost ? null : error });
    if (lost) told.current.onLost(intent, error);
    if (error instanceof ApiError && error.status === 402) creditsChanged(); // somebody has spent them
    void queries.invalidateQueries({ queryKey: startQuery.queryKey }); // a session that ended shows there
  }, []);
  const leave = useCallback((intent: Intent) => {
    if (running.current !== intent.key && waiting.current !== intent.key) return void forget(intent.key);
    waiting.current = null;
    told.current.onLeft(intent);
    goOn(intent, (...lost) => told.current.onLost(...lost));
  }, []);
  const send = useCallback(
    async (intent: Intent, isNew: boolean) => {
      const replaced = current.current;
      if (replaced && replaced.key === intent.key && running.current === intent.key) return; // the same wish
      current.current = intent;
      setStanding({ intent, running: true, error: null });
      if (replaced && replaced.key !== intent.key) leave(replaced);
      running.current = intent.key;
      know(intent);
      if (isNew) await remember(intent);
      if (current.current !== intent) return;
      await ask(intent).then(
        (job) => settle(intent, job),
        (error) => fail(intent, error),
      );
    },
    [settle, fail, leave],
  );

  const begin = useCallback(
    (file: File, tier: Tier, of: string | null = null) => {
      const made = { key: idempotencyKey(), owner, tier, file, of, at: Date.now() };
      void firstOf(made).then((intent) => {
        const isNew = intent === made;
        if (here.current) void send(intent, isNew);
        else if (isNew) void remember(intent); // it goes on when the screen is back
      });
    },
    [send, owner],
  );
  const drop = useCallback(() => {
    if (current.current) leave(current.current);
    current.current = null;
    running.current = null;
    forgetEnded();
    setStanding(NOTHING);
  }, [leave]);
  const cancel = () => {
    const intent = current.current;
    const unsure = waiting.current !== null; // it may have been taken
    running.current = null;
    waiting.current = null;
    drop();
    if (!intent) return;
    failed(intent.key);
    if (!unsure && !asked.has(intent.key)) return;
    void setAside(intent, 'off');
    told.current.onCancel(intent);
  };

  useEffect(() => {
    let wanted = true;
    void recall(owner, Date.now()).then((intent) => {
      if (wanted && intent && intent.of === shown && current.current === null) void send(intent, false);
    });
    return () => {
      wanted = false;
    };
  }, [send, owner, shown]);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
      current.current = null; // it goes on when the screen is back
      running.current = null;
      waiting.current = null;
    };
  }, []);

  const { intent, error } = standing;
  const waits = intent !== null && !standing.running;
  const heals = waits && fateOf(error) === 'heals';
  const inVain = useRef({ key: '', times: 0 });
  useEffect(() => {
    if (!heals || !intent) return;
    if (inVain.current.key !== intent.key) inVain.current = { key: intent.key, times: 0 };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const go = () => {
      const { times } = inVain.current;
      timer ??= setTimeout(() => void send(intent, false), pauseAfter(times));
      inVain.current.times = times + 1;
    };
    if (!connection.isLost) go();
    const stop = connection.onHealed(go);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [heals, intent, send]);

  return {
    ...standing,
    awaited: heals,
    begin,
    again: waits ? () => void send(intent, false) : null,
    drop,
    cancel: intent ? cancel : null,
  };
}
