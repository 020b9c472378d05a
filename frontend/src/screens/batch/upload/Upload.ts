/** Sends the files of one declared batch and starts it; it goes on while other screens are shown. */
import { ApiError, FileGone } from '../../../api/errors';
import { isReadable } from '../../../api/files';
import { creditsChanged, queries, startQuery } from '../../../api/queries';
import type { Tier } from '../../../app/tier';
import { insist } from '../../../live/insist';
import { type BatchState, begin, type Item, itemAddress, quoteOf } from '../calls';
import { Damaged, previewOf } from '../files/preview';
import { put } from './put';
import { dropFile, forget, markPaused, markRefused } from './remembered';
import { adopt, catchUp } from './resume';
import { isTaken, type LetGo, take } from './turn';

export interface Sending {
  position: number;
  name: string;
  size: number | null;
  /** Where its file lay; nothing where this browser did not see it. */
  path?: string | undefined;
  /** lost: its file is not in this page; pick it again. */
  state: 'lost' | 'waiting' | 'sending' | 'sent' | 'refused';
  sentBytes: number;
  file: File | null;
  /** Why it was refused: a code of the API's. */
  code: string | null;
  /** Do not ask the browser whether it is damaged. */
  trusted?: boolean;
}

/**
 * asking: the price is higher than the one that was shown, or none was shown in this browser, or nothing was taken: a
 * person decides. elsewhere: another tab or device sends it; when that one does no more, it is paused, or its
 * files are asked for.
 */
export type Phase =
  | 'sending'
  | 'paused'
  | 'elsewhere'
  | 'lost'
  | 'asking'
  | 'starting'
  | 'refused'
  | 'started'
  | 'stopped';

const WATCHED: ReadonlySet<Phase> = new Set(['paused', 'elsewhere', 'lost', 'asking', 'refused']);

const FOLLOWED: ReadonlySet<Phase> = new Set(['elsewhere', 'lost']);
const QUIET_MS = 20_000; // a device on a slow line
const AT_ONCE = 4;
const TELL_MS = 120;

export class Upload {
  phase: Phase = 'sending';
  error: unknown = null;
  /** What the server says while it is sent to, and what is waited for. */
  trouble: ApiError | null = null;
  /** What starting costs now, where it is asked. */
  price = 0;
  version = 0;
  private lanes = 0;
  private letGo: LetGo | null = null;
  private taking: Promise<boolean> | null = null;
  /** Another tab may have had its turn. */
  private behind = false;
  /** When a file came that no tab of this browser has sent. */
  private cameAt = Number.NEGATIVE_INFINITY;
  private abort = new AbortController();
  private telling: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly id: string,
    readonly tier: Tier,
    readonly items: Sending[],
    /** The price that was shown; null where this browser does not know. */
    public agreed: number | null,
    private readonly send = put,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): number => this.version;

  /** Go on, or begin; in this tab, unless another is at it. */
  run = (): void => {
    if (this.phase === 'paused') void markPaused(this.id, false);
    if (this.abort.signal.aborted) this.abort = new AbortController();
    this.become('sending');
    void this.inTurn().then((mine) => mine && this.fill());
  };

  pause = (): void => {
    this.rest();
    void markPaused(this.id, true);
  };

  /** Wait until somebody says that it goes on. */
  rest(): void {
    this.become('paused');
    this.abort.abort();
  }

  stop(): void {
    this.become('stopped');
    this.abort.abort();
  }

  /** Somebody has logged in again: what a session's end had stopped goes on. */
  goOn(): void {
    if (this.phase === 'stopped' && this.error instanceof ApiError && this.error.status === 401) this.run();
  }

  /** Files for the places that lost theirs. */
  give(files: Map<number, File>): void {
    for (const item of this.items) {
      const file = files.get(item.position);
      if (!file || item.state !== 'lost') continue;
      Object.assign(item, { file, size: file.size, state: 'waiting', code: null });
    }
    this.run();
  }

  /** Leave out what has no file here. */
  leaveOut(): void {
    for (const item of this.items) {
      if (item.state !== 'lost') continue;
      Object.assign(item, { state: 'refused', code: 'LEFT_OUT' });
      void markRefused(this.id, item.position, item.code);
    }
    this.run();
  }

  /** Try one again that was refused. */
  again(position: number): void {
    const item = this.items.find((each) => each.position === position);
    if (!item?.file || item.state !== 'refused' || this.phase === 'starting' || this.phase === 'started')
      return;
    Object.assign(item, { state: 'waiting', code: null, sentBytes: 0, trusted: true });
    this.run();
  }

  /** Whether it is to be looked at now and then what another tab does. */
  get watched(): boolean {
    return WATCHED.has(this.phase);
  }

  look = async (): Promise<void> => {
    if (!this.watched) return;
    const taken = await isTaken(this.id);
    if (!this.watched) return;
    const comes = taken || Date.now() - this.cameAt < QUIET_MS;
    if (comes && this.phase !== 'elsewhere') this.become('elsewhere');
    else if (!comes && this.phase === 'elsewhere') this.become(this.lacks ? 'lost' : 'paused');
    if (taken || FOLLOWED.has(this.phase)) await queries.invalidateQueries({ queryKey: ['items', this.id] });
  };

  /** What the server has, where it may not come from this page. */
  follow(items: readonly Item[]): void {
    if (!this.watched || !adopt(this.items, items)) return;
    if (this.phase === 'lost' && !this.lacks) this.become('paused');
    else if (FOLLOWED.has(this.phase) && this.lacks) this.comes();
    this.tell();
  }

  /** From another device: a tab of this browser would have its turn. */
  private comes(): void {
    if (this.phase === 'elsewhere' && this.cameAt < 0) return;
    this.cameAt = Date.now();
    if (this.phase === 'lost') this.become('elsewhere');
  }

  /** Whether files are wanted that this page does not have. */
  private get lacks(): boolean {
    return this.items.some(({ state }) => state === 'lost');
  }

  private become(phase: Phase, error: unknown = null): void {
    this.phase = phase;
    this.error = error;
    if (!this.active) this.leave();
    this.tell();
  }

  /** Whether it is this page that sends it. */
  get active(): boolean {
    return this.phase === 'sending' || this.phase === 'starting';
  }

  private leave(): void {
    this.letGo?.();
    this.letGo = null;
    this.behind = true;
  }

  /** Whether it is this page's turn, and still wanted. */
  private async inTurn(): Promise<boolean> {
    if (this.letGo) return true;
    this.taking ??= this.takeTurn().finally(() => {
      this.taking = null;
    });
    return this.taking;
  }

  private async takeTurn(): Promise<boolean> {
    const letGo = await take(this.id);
    if (letGo && this.active && this.behind) await catchUp(this.id, this.items).catch(() => undefined);
    if (letGo && this.active) {
      this.letGo = letGo;
      this.behind = false;
      return true;
    }
    letGo?.();
    if (this.active) this.become('elsewhere');
    return false;
  }

  private fill(): void {
    if (this.phase !== 'sending') return;
    while (this.lanes < AT_ONCE && this.items.some(isWaiting)) void this.lane();
    if (this.lanes === 0) void this.finish();
  }

  private tell = (): void => {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.version += 1;
      for (const listener of this.listeners) listener();
    }, TELL_MS);
  };

  private async lane(): Promise<void> {
    this.lanes += 1;
    try {
      for (;;) {
        const item = this.phase === 'sending' ? this.items.find(isWaiting) : undefined;
        if (!item) break;
        await this.sendOne(item, this.abort.signal);
      }
    } finally {
      this.lanes -= 1;
    }
    if (this.lanes === 0 && this.phase === 'sending') this.run();
  }

  private async sendOne(item: Sending, signal: AbortSignal): Promise<void> {
    item.state = 'sending';
    const file = item.file as File;
    try {
      if (!item.trusted) await previewOf(file);
      const address = itemAddress(this.id, item.position);
      const onSent = (bytes: number) => {
        item.sentBytes = Math.min(bytes, file.size);
        this.tell();
      };
      const how = { signal, onSent, onTrouble: this.wait };
      await insist((sent) => this.send(address, file, signal, sent), how);
      Object.assign(item, { state: 'sent', sentBytes: file.size });
      void dropFile(this.id, item.position);
    } catch (error) {
      item.sentBytes = 0;
      if (signal.aborted) item.state = 'waiting';
      else await this.refuse(item, file, error);
    }
    this.tell();
  }

  private async refuse(item: Sending, file: File, error: unknown): Promise<void> {
    const over = error instanceof ApiError && (error.status === 401 || error.status === 409);
    if (over) {
      item.state = 'waiting';
      this.ended(error);
    } else if (error instanceof FileGone || !(await isReadable(file))) {
      Object.assign(item, { state: 'lost', file: null });
    } else {
      Object.assign(item, { state: 'refused', code: codeOf(error) });
      if (isOfFile(error)) void markRefused(this.id, item.position, item.code);
      else this.agreed = null; // nobody has agreed to go without it
    }
  }

  private wait = (trouble: ApiError | null): void => {
    if (trouble?.code === this.trouble?.code) return;
    this.trouble = trouble;
    this.tell();
  };

  /** The session is over, or the batch: somebody else started or cancelled it. */
  private ended(error: ApiError): void {
    this.abort.abort();
    this.become('stopped', error);
    if (error.status === 401) void queries.invalidateQueries({ queryKey: startQuery.queryKey });
    else void queries.invalidateQueries({ queryKey: ['items', this.id] });
  }

  /** How many would be started. */
  get ready(): number {
    return this.items.filter((item) => item.state === 'sent').length;
  }

  private async finish(): Promise<void> {
    if (this.lacks) return this.become('lost');
    const { ready } = this;
    if (ready === 0) return this.become('asking');
    this.become('starting');
    const { signal } = this.abort;
    try {
      this.price = (await insist(() => quoteOf(ready, this.tier), { signal })).finalCredits;
      if (signal.aborted) return;
      if (this.agreed === null || this.price > this.agreed) return this.become('asking');
      await this.start(signal);
    } catch (error) {
      if (!signal.aborted) await this.refused(error);
    }
  }

  private async refused(error: unknown): Promise<void> {
    const { status, code, details } = error instanceof ApiError ? error : NO_ANSWER;
    if (status === 401) this.ended(error as ApiError);
    else if (code === 'PRICE_CHANGED' && typeof details.required === 'number') {
      // More files may be there than this page has sent.
      await catchUp(this.id, this.items).catch(() => undefined);
      this.price = details.required;
      this.become('asking');
    } else this.become('refused', error);
  }

  /** The price that is asked about is agreed to. What another tab has sent since may make it another one. */
  accept = (): void => {
    this.agreed = this.price;
    this.run();
  };

  /** Pay and queue it. */
  private async start(signal: AbortSignal): Promise<void> {
    try {
      const { batch } = await insist(() => begin(this.id, this.agreed ?? this.price), { signal });
      queries.setQueryData<BatchState>(['items', this.id], (state) => state && { ...state, batch });
      await queries.invalidateQueries({ queryKey: ['items', this.id] });
      creditsChanged();
      void queries.invalidateQueries({ queryKey: ['batches'] });
      this.become('started');
      await forget(this.id);
      await queries.invalidateQueries({ queryKey: ['unfinished'] });
    } catch (error) {
      creditsChanged(); // somebody has spent them
      throw error;
    }
  }
}

const NO_ANSWER = new ApiError(0, '', '');

function codeOf(error: unknown): string {
  if (error instanceof Damaged) return 'UNREADABLE_IMAGE';
  return error instanceof ApiError ? error.code : 'UNKNOWN';
}

/** Whether it is the file that cannot be taken, rather than a fault of the server's or of this page. */
function isOfFile(error: unknown): boolean {
  return error instanceof Damaged || (error instanceof ApiError && error.status < 500);
}

const isWaiting = (item: Sending): boolean => item.state === 'waiting';
