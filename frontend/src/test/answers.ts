/** Answers for the calls of a test, by their path. */
import { vi } from 'vitest';

type Given = Record<string, unknown>;

/** What is no answer, or not there, is refused. `null` waits until it is something else. */
export function answering(given: Given): Given {
  const answer = async (asked: Request) => {
    const path = new URL(asked.url).pathname;
    if (given[path] === null) await vi.waitUntil(() => given[path] !== null, { interval: 5 });
    const body = given[path];
    if (body !== undefined) return Response.json(body);
    const envelope = { error: { code: 'CONFLICT', message: 'no', details: {}, requestId: 'r' } };
    return Response.json(envelope, { status: 409 });
  };
  vi.stubGlobal('fetch', vi.fn(answer));
  return given;
}
