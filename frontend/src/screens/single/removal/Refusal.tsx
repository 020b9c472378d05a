/** Why a removal was not taken; the way to more credits where they are what is missing, or to the same again. */
import { Link } from 'wouter';
import { ApiError } from '../../../api/errors';
import { tabPath } from '../../../app/routes';
import { useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';
import { ErrorNotice } from '../../../ui/Notice';

interface Props {
  error: unknown;
  onAgain: (() => void) | null;
}

export function Refusal({ error, onAgain }: Props) {
  const { stats, retry } = useText().shell;
  const poor = error instanceof ApiError && error.code === 'INSUFFICIENT_CREDITS';
  const action = poor ? (
    <Link href={tabPath('subscription')}>{stats.seePlans}</Link>
  ) : (
    onAgain && <Button onClick={onAgain}>{retry}</Button>
  );
  return <ErrorNotice error={error} action={action} />;
}
