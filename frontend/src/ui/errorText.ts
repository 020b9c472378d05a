/** An error in the person's language: what happened, what to do, and the request's id where it was our fault. */
import { useCallback } from 'react';
import { ApiError, FileGone, Offline, PartGone } from '../api/errors';
import type { Format } from '../i18n/format';
import { useFormat, useText } from '../i18n/language';
import type { Text } from '../i18n/text';

export function useErrorText(): (error: unknown) => string {
  const text = useText().errors;
  const format = useFormat();
  return useCallback((error: unknown) => errorText(error, text, format), [text, format]);
}

export function errorText(error: unknown, text: Text['errors'], format: Format): string {
  if (error instanceof Offline) return text.offline;
  if (error instanceof PartGone) return text.gone;
  if (error instanceof FileGone) return text.unreadable;
  if (!(error instanceof ApiError)) return text.unknown;
  const { required, available } = error.details;
  if (
    error.code === 'INSUFFICIENT_CREDITS' &&
    typeof required === 'number' &&
    typeof available === 'number'
  ) {
    return shortOf(error.details, format.number(required), format.number(available), text, format);
  }
  const said = refusal(error, text, format);
  if (error.status === 429 && error.retryAfter !== null)
    return text.later(said, format.duration(error.retryAfter));
  return error.status >= 500 && error.requestId ? text.withId(said, error.requestId) : said;
}

/** Where a plan would pay, too: for how many it does today, and from when on for more. */
function shortOf(
  { quotaImages, quotaResetsAt }: ApiError['details'],
  required: string,
  available: string,
  text: Text['errors'],
  format: Format,
): string {
  if (typeof quotaImages !== 'number' || typeof quotaResetsAt !== 'string')
    return text.credits(required, available);
  const until = format.dateTime(quotaResetsAt);
  return quotaImages === 0
    ? text.quotaAndCredits(until, required, available)
    : text.partOfQuota(format.number(quotaImages), until, required, available);
}

/** Codes that stand for much: the server's words say which. */
const WIDE = new Set(['INVALID_INPUT', 'CONFLICT', 'LIMIT_EXCEEDED', 'GONE', 'UNKNOWN_MODEL']);

function refusal(error: ApiError, text: Text['errors'], format: Format): string {
  const { reason, shortest, longest } = error.details;
  const own = typeof reason === 'string' ? text.byReason[reason] : undefined;
  if (own !== undefined) {
    const bound = shortest ?? longest;
    return typeof bound === 'number' ? own.replace('{n}', format.number(bound)) : own;
  }
  const known = text.byCode[error.code];
  if (known !== undefined && !WIDE.has(error.code))
    return isOfBackground(error) ? text.ofBackground(known) : known;
  const label = text.fields[fieldOf(error)];
  if (error.code === 'INVALID_INPUT' && label !== undefined) return text.badField(label);
  const said = sentence(error.message);
  if (known === undefined) return said ?? text.unknown;
  return said !== null && isForPeople(error) ? text.detailed(known, said) : known;
}

/** Whether it is about the picture behind, rather than the photo. */
function isOfBackground({ details: { field, option } }: ApiError): boolean {
  return field === 'backgroundImage' || option === 'background_image';
}

/** The first field that was refused, without where in the request it was. */
function fieldOf({ details: { field, fields } }: ApiError): string {
  const first: unknown = Array.isArray(fields) ? fields[0]?.field : field;
  return typeof first === 'string' ? (first.split('.').pop() ?? '') : '';
}

/** Not where it names parts of the request, or options of the library, which no page shows. */
function isForPeople({ status, message }: ApiError): boolean {
  return status !== 422 && !message.includes('`');
}

/** The server's own words, which are for people too. */
function sentence(message: string): string | null {
  const whole = /[.!?]$/.test(message) ? message : `${message}.`;
  return message ? `${whole.charAt(0).toUpperCase()}${whole.slice(1)}` : null;
}
