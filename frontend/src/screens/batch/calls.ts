/** The calls of batches. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api, once, type Schemas } from '../../api/client';
import type { Tier } from '../../app/tier';

export type Batch = Schemas['BatchBody'];
export type Item = Schemas['ItemBody'];
export type BatchState = Schemas['BatchAnswer'];
export type Quote = Schemas['QuoteBody'];
export type Declaration = Schemas['DeclareRequest'];

const BATCH = '/api/background-remover/batch';

export const itemAddress = (id: string, position: number): string => `${BATCH}/${id}/items/${position}`;
export const archiveAddress = (id: string): string => `${BATCH}/${id}/download`;

export function readBatch(id: string, signal?: AbortSignal): Promise<BatchState> {
  const params = { path: { batch_id: id } };
  return answer(api.GET('/api/background-remover/batch/{batch_id}', { params, signal }));
}

export function declare(body: Declaration): Promise<Schemas['NewBatchAnswer']> {
  return once(`declare ${JSON.stringify(body)}`, (key) => {
    const params = { header: { 'Idempotency-Key': key } };
    return answer(api.POST('/api/background-remover/batch/uploads', { params, body }));
  });
}

/** At this price, or for less. */
export function begin(id: string, maxCredits: number): Promise<Schemas['NewBatchAnswer']> {
  const body = { skipMissing: true, maxCredits };
  return once(`begin ${id} ${maxCredits}`, (key) => {
    const params = { path: { batch_id: id }, header: { 'Idempotency-Key': key } };
    return answer(api.POST('/api/background-remover/batch/{batch_id}/start', { params, body }));
  });
}

export function cancelBatch(id: string): Promise<BatchState> {
  const params = { path: { batch_id: id } };
  return answer(api.DELETE('/api/background-remover/batch/{batch_id}', { params }));
}

export function deleteBatch(id: string): Promise<BatchState> {
  const params = { path: { batch_id: id }, query: { files: true } };
  return answer(api.DELETE('/api/background-remover/batch/{batch_id}', { params }));
}

export type Retried = Schemas['RetriedBatchAnswer'];

/** What failed, and with `cancelled` what was cancelled, too. */
export function retryBatch(id: string, cancelled = false): Promise<Retried> {
  return once(`retry ${id} ${cancelled}`, (key) => {
    const params = {
      path: { batch_id: id },
      header: { 'Idempotency-Key': key },
      ...(cancelled && { query: { cancelled } }),
    };
    return answer(api.POST('/api/background-remover/batch/{batch_id}/retry', { params }));
  });
}

/** What it costs, after what the plan pays for: until something else was paid for. */
export const quoteQuery = (imageCount: number, tier: Tier) =>
  queryOptions({ queryKey: ['quote', tier, imageCount], queryFn: () => quoteOf(imageCount, tier) });

export async function quoteOf(imageCount: number, tier: Tier): Promise<Quote> {
  const body = { imageCount, tier };
  const told = await answer(api.POST('/api/background-remover/pricing/calculate', { body }));
  return told.pricing;
}
