/** A line for a terminal that uses a new key for something it may do. */

const LINES: readonly (readonly [scope: string, path: string, rest: string])[] = [
  ['removals:write', '/api/background-remover/remove', ' -F image=@picture.jpg'],
  ['removals:read', '/api/background-remover/jobs', ''],
  ['credits:read', '/api/credits/balance', ''],
  ['subscription:read', '/api/background-remover/subscription', ''],
  ['account:read', '/api/auth/profile', ''],
  ['webhooks:read', '/api/webhooks', ''],
  ['admin', '/api/admin/users', ''],
];

/** Null where what the key may do needs more than one line. */
export function curlLine(origin: string, key: string, scopes: readonly string[]): string | null {
  const found = LINES.find(([scope]) => scopes.includes(scope));
  if (!found) return null;
  const [, path, rest] = found;
  return `curl -sS ${origin}${path} -H 'Authorization: Bearer ${key}'${rest}`;
}
