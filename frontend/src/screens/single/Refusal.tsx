/** Why a removal was not taken; the way to more credits where they are what is missing. */
import { Link } from 'wouter';
import { ApiError } from '../../api/errors';
import { tabPath } from '../../app/routes';
import { useText } from '../../i18n/language';
import { ErrorNotice } from '../../ui/Notice';

export function Refusal({ error }: { error: unknown }) {
  const text = useText().shell.stats;
  const poor = error instanceof ApiError && error.code === 'INSUFFICIENT_CREDITS';
  return (
    <ErrorNotice error={error} action={poor && <Link href={tabPath('subscription')}>{text.seePlans}</Link>} />
  );
}
