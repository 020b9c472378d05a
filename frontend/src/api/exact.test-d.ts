/** What does not compile: `tsc` fails where one of these lines is no error any more. */
import { api } from './client';

const profile = { name: 'Ayu', mails: true };
const file = { name: 'a.jpg', size: 1, sise: 1 };
const credits = { userId: '1', amount: 1, note: '' };
const header = { 'Idempotency-Key': 'x', Key: 'x' };
const query = { limit: 3, stat: 'x' };

export const refused = [
  // @ts-expect-error: no such route
  () => api.GET('/api/nothing'),
  // @ts-expect-error: no such method
  () => api.PUT('/api/payments', { body: { packageId: 'x' } }),
  // @ts-expect-error: a required field is missing
  () => api.POST('/api/keys', { body: { scopes: [] } }),
  // @ts-expect-error: another type
  () => api.POST('/api/payments', { body: { packageId: 3 } }),
  // @ts-expect-error: no such field, beside one that there is
  () => api.POST('/api/payments', { body: { packageId: 'x', amount: 3 } }),
  // @ts-expect-error: no such field, where all may be left out
  () => api.PUT('/api/auth/profile', { body: { naem: 'x' } }),
  // @ts-expect-error: no such field, of something made before
  () => api.PUT('/api/auth/profile', { body: profile }),
  // @ts-expect-error: no such field, further in
  () => api.POST('/api/background-remover/batch/uploads', { body: { files: [file] } }),
  // @ts-expect-error: no such part of a query
  () => api.GET('/api/background-remover/jobs', { params: { query: { limit: 3, stat: 'x' } } }),
  // @ts-expect-error: the same, of something made before
  () => api.GET('/api/background-remover/jobs', { params: { query } }),
  // @ts-expect-error: no such header
  () => api.POST('/api/admin/credits', { body: credits, params: { header } }),
  // @ts-expect-error: no such option
  () => api.GET('/api/background-remover/jobs', { parms: {} }),
  // @ts-expect-error: no such value
  () => api.GET('/api/background-remover/jobs', { params: { query: { status: 'gone' } } }),
];

export const taken = [
  () => api.GET('/api/background-remover/jobs'),
  () => api.GET('/api/background-remover/jobs', { params: { query: { limit: 3 } } }),
  () => api.PUT('/api/auth/profile', { body: { name: 'x' } }),
];
