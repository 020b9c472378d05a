/** One line of a batch's list, whatever it comes from: a picked file, a file on its way, or a picture of the server's. */
import type { Item } from '../calls';
import { pathOf } from '../files/dropped';
import type { Judged } from '../files/picked';
import type { Sending, Upload } from '../upload/Upload';

export type RowState =
  | 'checking'
  | 'ready'
  | 'lost'
  | 'waiting'
  | 'sending'
  | 'sent'
  | 'refused'
  | 'pending'
  | 'processing'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'expired';

export interface RowView {
  key: string;
  name: string;
  /** Where the file lay, such as `shop/red`; empty where nobody knows, or in no folder. */
  folder: string;
  size: number | null;
  state: RowState;
  /** 0 to 1, while it is sent. */
  sent: number;
  /** Why it will not, or did not, come out. */
  code: string | null;
  message: string | null;
  file: File | null;
  thumbnail: string | null;
  /** Once the server has it. */
  jobId: string | null;
  result: string | null;
  position: number;
}

const EMPTY = { sent: 0, code: null, message: null, file: null, thumbnail: null, jobId: null, result: null };

export function rowsOfDraft(files: readonly Judged[]): RowView[] {
  return files.map(({ key, file, refusal, picture }) => ({
    ...EMPTY,
    key: String(key),
    name: file.name,
    folder: folderOf(pathOf(file)),
    size: file.size,
    state: refusal ? 'refused' : picture === null ? 'checking' : 'ready',
    code: refusal,
    file: picture ? file : null,
    position: key,
  }));
}

export function rowsOfUpload(upload: Upload): RowView[] {
  const rows = upload.items.map(rowOfSending);
  if (upload.phase !== 'elsewhere') return rows;
  return rows.map((row) => (row.state === 'lost' ? { ...row, state: 'waiting' } : row)); // the other tab has it
}

function rowOfSending(item: Sending): RowView {
  return {
    ...EMPTY,
    key: String(item.position),
    name: item.name,
    folder: folderOf(item.path),
    size: item.size,
    state: item.state,
    sent: item.size ? item.sentBytes / item.size : 0,
    code: item.code,
    file: item.file,
    position: item.position,
  };
}

/** `sent`: what this page sent itself. */
export function rowsOfItems(items: readonly Item[], sent: ReadonlyMap<number, Sending>): RowView[] {
  return items.map((item) => {
    const sending = sent.get(item.position);
    const leftOut = item.status === 'cancelled' && sending?.state === 'refused';
    return {
      ...EMPTY,
      key: item.id,
      name: item.originalName,
      folder: folderOf(sending?.path),
      size: null,
      state: leftOut ? 'refused' : item.status,
      code: item.error?.code ?? (leftOut ? sending.code : null),
      message: item.error?.message ?? null,
      file: item.thumbnailUrl ? null : (sending?.file ?? null),
      thumbnail: item.thumbnailUrl,
      jobId: item.id,
      result: item.processedUrl,
      position: item.position,
    };
  });
}

function folderOf(path = ''): string {
  return path.split('/').slice(0, -1).join('/');
}

export const BAD: ReadonlySet<RowState> = new Set(['lost', 'refused', 'failed', 'cancelled', 'expired']);
