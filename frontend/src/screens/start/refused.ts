/** What cannot be taken is told before anybody makes an account for it. */
import { ApiError, FileGone } from '../../api/errors';
import { isReadable } from '../../api/files';
import type { Start } from '../../app/session';
import { added, judged, looked } from '../batch/files/picked';

/** Why none of these can be taken, as the API would say it; null where one can: Batch tells of the others. */
export async function refusalOf(files: readonly File[], limits: Start['limits']): Promise<Error | null> {
  const picked = added([], files);
  const seen = await looked(picked);
  const known = picked.map((each) => ({ ...each, picture: seen.get(each.key) ?? false }));
  const [first, ...others] = judged(known, limits);
  if (!first?.refusal || others.some(({ refusal }) => refusal === null)) return null;
  if (!(await isReadable(first.file))) return new FileGone();
  return new ApiError(400, first.refusal === 'EMPTY' ? 'EMPTY_FILE' : first.refusal, '');
}
