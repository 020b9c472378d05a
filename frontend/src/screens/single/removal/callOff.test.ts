import { afterEach, expect, test, vi } from 'vitest';
import { connection } from '../../../live/connection';
import { callOff } from './callOff';

afterEach(() => vi.unstubAllGlobals());

const said = (status: number, body: object) => Response.json(body, { status });
const refused = (code: string) => said(409, { error: { code, message: '' } });
const intent = { key: 'k', tier: 'basic' as const, file: new File(['x'], 'a.png') };

function answering(...answers: Response[]) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(
      `${pathname.split('/').slice(-2).join('/')}${search} ${request.headers.get('Idempotency-Key')}`,
    );
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError('no line');
    return answer;
  });
  return asked;
}

test('what has no answer yet is found by its key, and cancelled', async () => {
  const job = { id: 'j', status: 'cancelled' };
  const asked = answering(refused('IDEMPOTENCY_CONFLICT'), said(202, { job }), said(200, { job }));
  expect(await callOff(intent)).toEqual(job);
  const request = 'background-remover/remove?wait=0 k';
  expect(asked).toEqual([request, request, 'j/cancel null']);
});

test('what had come out by then cannot be cancelled', async () => {
  answering(said(200, { job: { id: 'j', status: 'completed' } }), refused('WRONG_STATE'));
  expect(await callOff(intent)).toBe('out');
});

test('where the line is lost, it is called off once it is back', async () => {
  const job = { id: 'j', status: 'cancelled' };
  const asked = answering();
  const told = callOff(intent);
  await vi.waitFor(() => expect(connection.isLost).toBe(true));
  expect(asked).toHaveLength(1);
  const again = answering(said(202, { job }), said(200, { job }));
  connection.found();
  expect(await told).toEqual(job);
  expect(again).toHaveLength(2);
});

test('a server that is busy or being restarted is asked until it is called off', async () => {
  vi.useFakeTimers();
  const job = { id: 'j', status: 'cancelled' };
  const busy = () => said(502, { error: { code: 'SERVICE_UNAVAILABLE', message: '' } });
  const asked = answering(busy(), busy(), said(202, { job }), busy(), said(200, { job }));
  const told = callOff(intent);
  await vi.runAllTimersAsync();
  expect(await told).toEqual(job);
  expect(asked).toHaveLength(5);
  vi.useRealTimers();
});

test('what the server refuses to take on was never taken', async () => {
  answering(said(402, { error: { code: 'INSUFFICIENT_CREDITS', message: '' } }));
  expect(await callOff(intent)).toBe('never');
});
