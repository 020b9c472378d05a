/** Sends one file as the body of a request that tells how far it is, which fetch cannot. */
import { ourHeaders } from '../../../api/client';
import { ApiError, FileGone, Offline } from '../../../api/errors';
import { isReadable } from '../../../api/files';

/** Ends well, or throws an ApiError, Offline, FileGone, or the signal's reason. */
export async function put(
  address: string,
  file: Blob,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  const request = new XMLHttpRequest();
  const stop = () => request.abort();
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve) => {
      request.open('PUT', address);
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      for (const [name, value] of Object.entries(ourHeaders())) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => onSent(event.loaded);
      request.onloadend = () => resolve();
      request.send(file);
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  if (request.status >= 200 && request.status < 300) return;
  if (request.status > 0) throw await ApiError.of(answerOf(request));
  if (!(await isReadable(file))) throw new FileGone();
  throw new Offline();
}

function answerOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ['Retry-After', 'X-Request-Id']) {
    const value = request.getResponseHeader(name);
    if (value) headers.set(name, value);
  }
  return new Response(request.responseText, {
    status: request.status,
    statusText: request.statusText,
    headers,
  });
}
