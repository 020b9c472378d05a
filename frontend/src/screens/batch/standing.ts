/** Where a batch stands as a whole, from its upload or from the server's count. */
import type { Batch } from './calls';
import { wayOf } from './upload/pace';
import type { Upload } from './upload/Upload';

export interface Standing {
  stage: 'upload' | 'removal' | 'over';
  /** 0 to 1. */
  way: number;
  /** In the stage's unit: bytes of the upload, pictures of the removal. */
  done: number;
  all: number;
  moving: boolean;
}

export function standingOf(batch: Batch, upload: Upload | null): Standing {
  if (upload) return ofUpload(upload);
  // What was left out before the start is no part of the way.
  const all = batch.totalImages - leftOut(batch);
  const done = batch.processedImages + batch.failedImages + (batch.cancelledImages - leftOut(batch));
  const over = !batch.started || batch.completedAt !== null || isOver(batch.status);
  return {
    stage: over ? 'over' : 'removal',
    way: over ? 1 : wayOf(1, all > 0 ? done / all : 0),
    done,
    all,
    moving: !over && batch.status === 'processing',
  };
}

export function isOver(status: Batch['status']): boolean {
  return status !== 'pending' && status !== 'processing';
}

/** Places that had no file when it was started: they are not in its price. */
export function leftOut(batch: Batch): number {
  return batch.started ? Math.max(0, batch.totalImages - batch.pricing.imageCount) : 0;
}

function ofUpload({ items, phase }: Upload): Standing {
  const taken = items.filter((item) => item.state !== 'refused');
  const sent = taken.filter((item) => item.state === 'sent').length;
  const all = taken.reduce((sum, item) => sum + (item.size ?? 0), 0);
  const done = taken.reduce((sum, item) => sum + item.sentBytes, 0);
  // After a reload the size of some is known to nobody.
  const share =
    taken.every((item) => item.size !== null) && all > 0 ? done / all : sent / (taken.length || 1);
  return { stage: 'upload', way: wayOf(share, 0), done, all, moving: phase === 'sending' };
}
