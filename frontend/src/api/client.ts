/** Calls of the API, checked against its description; a failure is one kind of error. */
import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, Offline } from './errors';
import type { ExactClient } from './exact';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

const WHO = '/api/web/start';
const CSRF = /(?:^|;\s*)lumiku_csrf=([^;]+)/;

/** The header that proves that our own page asks; the server gave the value to this page's cookie. */
export function csrfHeader(): Record<string, string> {
  const found = CSRF.exec(document.cookie)?.[1];
  return found ? { 'X-CSRF-Token': decodeURIComponent(found) } : {};
}

let account: string | null = null;

/** From now on every call is for this person, and refused where the browser's session is of another by then. */
export function callsAreOf(person: string): void {
  account = person;
}

/** What a call that changes something, or reads what is somebody's, has to bring. */
export function ourHeaders(): Record<string, string> {
  return { ...csrfHeader(), ...(account !== null && { 'X-Lumiku-Account': account }) };
}

const ours: Middleware = {
  onRequest({ request, schemaPath }) {
    if (schemaPath === WHO) return request; // whoever it is
    for (const [name, value] of Object.entries(ourHeaders())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ request, response }) {
    if (!response.ok) throw await ApiError.of(response);
    if (callsOff(request)) unanswered.clear();
  },
  onError({ error }) {
    if (error instanceof ApiError || isAbort(error)) return error as Error;
    return new Offline();
  },
};

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => globalThis.fetch(request), // looked up late, so that tests can replace it
}) as ExactClient;
api.use(ours);

/** The body of an answer that is there whenever the call did not throw. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** New for each thing that costs something; `crypto.randomUUID` is there only where pages are encrypted. */
export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

const unanswered = new Map<string, string>();

/** Ask for what costs something, with one key until there is an answer: `intent` names what is wanted. */
export async function once<T>(intent: string, ask: (key: string) => Promise<T>): Promise<T> {
  const key = unanswered.get(intent) ?? idempotencyKey();
  unanswered.set(intent, key);
  try {
    const answered = await ask(key);
    unanswered.delete(intent);
    return answered;
  } catch (error) {
    if (error instanceof ApiError && isFinal(error)) unanswered.delete(intent);
    throw error;
  }
}

/** It was refused; else it may have been done, or still be. */
function isFinal({ passing, code }: ApiError): boolean {
  return !passing && code !== 'IDEMPOTENCY_CONFLICT';
}

/** What was called off is not what somebody wants who asks for the same again. */
function callsOff({ method, url }: Request): boolean {
  return method === 'DELETE' || new URL(url).pathname.endsWith('/cancel');
}
