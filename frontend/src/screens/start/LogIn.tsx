/** Log in; also what takes the place of a screen that is not for strangers. */

import { Link, useLocation, useSearch } from 'wouter';
import { ApiError } from '../../api/errors';
import { useMutation } from '../../api/mutations';
import { logIn, sessionEnded, useStart } from '../../app/session';
import { useText } from '../../i18n/language';
import { PasswordField } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { ForStrangers } from './ForStrangers';
import { nextPath, textOf } from './fields';
import { EmailField } from './inputs';
import { PendingPicture } from './PendingPicture';
import { usePendingPlace } from './pending';

export default function LogIn() {
  return (
    <ForStrangers>
      <LogInForm />
    </ForStrangers>
  );
}

function LogInForm() {
  const text = useText().start;
  const { registrationOpen } = useStart();
  const [path, go] = useLocation();
  const search = useSearch();
  const place = usePendingPlace();
  const entering = useMutation({
    mutationFn: (form: FormData) => logIn(textOf(form, 'email').trim(), textOf(form, 'password')),
    onSuccess: () => {
      if (place) go(place, { replace: true });
      else if (path === '/login') go(nextPath(search), { replace: true });
    },
  });
  const wrong = entering.error instanceof ApiError && entering.error.status === 401;
  return (
    <AuthCard
      title={text.login.title}
      submit={text.login.submit}
      busy={entering.isPending}
      onSubmit={entering.mutate}
      foot={
        registrationOpen && (
          <>
            {text.login.noAccount} <Link href="/register">{text.register.submit}</Link>
          </>
        )
      }
    >
      {sessionEnded() && !entering.error && <Notice>{text.login.ended}</Notice>}
      <PendingPicture />
      <EmailField />
      <PasswordField label={text.login.password} name="password" autoComplete="current-password" required />
      {wrong ? <Notice kind="bad">{text.login.wrong}</Notice> : <ErrorNotice error={entering.error} />}
      <Link href="/forgot-password">{text.login.forgot}</Link>
    </AuthCard>
  );
}
