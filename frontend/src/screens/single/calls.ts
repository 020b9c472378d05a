/** The calls of this screen. */
import { answer, api, type Schemas } from '../../api/client';
import { ApiError, FileGone, Offline } from '../../api/errors';
import { isReadable } from '../../api/files';
import { composeForm, type Edits, isUntouched, type Job } from './editor/edits';
import type { Intent } from './removal/remembered';

/** Ask for a removal; the answer comes when it is done, or after half a minute with a job that still runs. */
export async function remove(
  { key, file, tier }: Pick<Intent, 'key' | 'file' | 'tier'>,
  wait?: number,
): Promise<Job> {
  const form = new FormData();
  form.set('tier', tier);
  form.set('image', file, file.name || 'picture.png');
  const asking = answer(
    api.POST('/api/background-remover/remove', {
      // The description's body is that of JSON; a form is taken, too.
      body: form as never,
      bodySerializer: (body) => body as never,
      params: { query: { wait } },
      headers: { 'Idempotency-Key': key },
    }),
  );
  const done = await asking.catch(async (error) => {
    throw error instanceof Offline && !(await isReadable(file)) ? new FileGone() : error;
  });
  return done.job;
}

export async function cancelJob(id: string): Promise<Job> {
  const params = { path: { job_id: id } };
  return (await answer(api.POST('/api/background-remover/jobs/{job_id}/cancel', { params }))).job;
}

export async function readJob(id: string, signal?: AbortSignal): Promise<Job> {
  const found = await answer(
    api.GET('/api/background-remover/jobs/{job_id}', { signal, params: { path: { job_id: id } } }),
  );
  return found.job;
}

/** The picture composed anew: free, and without the model. */
export async function compose(id: string, edits: Edits, signal?: AbortSignal): Promise<Blob> {
  return composed(id, composeForm(edits), signal);
}

/** The matte itself, grey, of the picture's size. */
export async function readMatte(id: string): Promise<Blob> {
  const form = new FormData();
  form.set('maskOnly', 'true');
  form.set('format', 'png');
  return composed(id, form);
}

/** Keep what is composed, or the result as it is stored, behind a link for others. */
export async function share(id: string, edits: Edits): Promise<Schemas['ShareAnswer']> {
  const stored = new FormData();
  stored.set('stored', 'true');
  return answer(
    api.POST('/api/background-remover/jobs/{job_id}/share', {
      params: { path: { job_id: id } },
      body: (isUntouched(edits) ? stored : composeForm(edits)) as never,
      bodySerializer: (body) => body as never,
    }),
  );
}

/** End all links to what was shared. */
export async function stopSharing(id: string): Promise<Job> {
  const ended = await answer(
    api.DELETE('/api/background-remover/jobs/{job_id}/share', { params: { path: { job_id: id } } }),
  );
  return ended.job;
}

/** The picture as it was handed in, out of the store. */
export async function readOriginal(job: Job): Promise<File> {
  const found = await fetch(job.originalUrl ?? '');
  if (!found.ok) throw await ApiError.of(found);
  return new File([await found.blob()], job.originalName);
}

async function composed(id: string, form: FormData, signal?: AbortSignal): Promise<Blob> {
  const made: unknown = await answer(
    api.POST('/api/background-remover/jobs/{job_id}/compose', {
      signal,
      params: { path: { job_id: id } },
      body: form as never,
      bodySerializer: (body) => body as never,
      parseAs: 'blob',
    }),
  );
  return made as Blob;
}

/** Put an edited matte in the place of the one that it was made of; the result is composed anew. */
export async function putMatte(id: string, matte: Blob, basedOn: string): Promise<Job> {
  const made = await answer(
    api.PUT('/api/background-remover/jobs/{job_id}/matte', {
      params: { path: { job_id: id }, query: { basedOn } },
      body: matte as never,
      bodySerializer: (body) => body as never,
      headers: { 'Content-Type': 'application/octet-stream' },
    }),
  );
  return made.job;
}

/** Back to the matte that the model made. */
export async function restoreMatte(id: string): Promise<Job> {
  const made = await answer(
    api.DELETE('/api/background-remover/jobs/{job_id}/matte', { params: { path: { job_id: id } } }),
  );
  return made.job;
}
