/** Calls of the API, checked against its description; a failure is one kind of error. */
import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, Offline } from './errors';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

const CSRF = /(?:^|;\s*)lumiku_csrf=([^;]+)/;

/** The header that proves that our own page asks; the server gave the value to this page's cookie. */
export function csrfHeader(): Record<string, string> {
  const found = CSRF.exec(document.cookie)?.[1];
  return found ? { 'X-CSRF-Token': decodeURIComponent(found) } : {};
}

const ours: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') {
      for (const [name, value] of Object.entries(csrfHeader())) request.headers.set(name, value);
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await ApiError.of(response);
  },
  onError({ error }) {
    if (error instanceof ApiError || isAbort(error)) return error as Error;
    return new Offline();
  },
};

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => globalThis.fetch(request), // looked up late, so that tests can replace it
});
api.use(ours);

/** The body of an answer that is there whenever the call did not throw. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** New for each thing that costs something; the same when that very thing is tried again. */
export function idempotencyKey(): string {
  return crypto.randomUUID();
}
