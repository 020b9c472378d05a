/** What the forms of the start read, and what their links lead to. */
import { ApiError } from '../../api/errors';

/** Text out of a form. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** The one-time token of a printed or mailed link, which is behind the # so that no server logs it. */
export function linkToken(): string {
  return new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '';
}

/** Whether a link was used before, or is too old. */
export function isLinkUsed(error: unknown): boolean {
  return error instanceof ApiError && error.details.reason === 'LINK_UNUSABLE';
}

/** Where to go after logging in: an address of ours as the browser reads it, or the start. */
export function nextPath(search: string): string {
  const { origin } = window.location;
  const wanted = new URLSearchParams(search).get('next') ?? '';
  if (!URL.canParse(wanted, origin)) return '/';
  const { origin: site, pathname, search: asked, hash } = new URL(wanted, origin);
  return site === origin && !pathname.startsWith('//') ? `${pathname}${asked}${hash}` : '/';
}
