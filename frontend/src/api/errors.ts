/** What the API refuses with, as the app handles it. */
import type { components } from './schema';

type Envelope = components['schemas']['ErrorBody'];

/** The server answered, and said no. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
    readonly requestId = '',
    /** Seconds after which it may go better. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  static async of(response: Response): Promise<ApiError> {
    const after = Number(response.headers.get('Retry-After'));
    const body: unknown = await response.json().catch(() => null);
    const error = isEnvelope(body) ? body.error : null;
    return new ApiError(
      response.status,
      error?.code ?? (response.status >= 500 ? 'SERVICE_UNAVAILABLE' : 'INVALID_INPUT'),
      error?.message ?? response.statusText,
      error?.details ?? {},
      error?.requestId ?? response.headers.get('X-Request-Id') ?? '',
      after > 0 ? after : null,
    );
  }

  /** Whether the same request may go well later. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 429;
  }
}

/** No answer came: the network, or the server, is away. */
export class Offline extends Error {
  constructor() {
    super('no answer');
    this.name = 'Offline';
  }
}

/** A file cannot be read: moved, changed or deleted since it was picked, or a folder. */
export class FileGone extends Error {
  constructor() {
    super('a file cannot be read');
    this.name = 'FileGone';
  }
}

/** The server answers, and has a part of this page no more: it was upgraded since the page was opened. */
export class PartGone extends Error {
  constructor() {
    super('a part of the page is gone');
    this.name = 'PartGone';
  }
}

/** A refusal, a lost connection or an upgrade is no fault of the page's. */
export function isOutside(error: unknown): boolean {
  return [ApiError, Offline, PartGone, FileGone].some((kind) => error instanceof kind);
}

/** It was never there, or is no more. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 410);
}

function isEnvelope(body: unknown): body is Envelope {
  return typeof body === 'object' && body !== null && 'error' in body;
}
