/** Make an account, and be logged in with it; or look for the mail that confirms its address. */

import { Link, useLocation } from 'wouter';
import { answer, api } from '../../api/client';
import { ApiError } from '../../api/errors';
import { LIMITS } from '../../api/limits';
import { useMutation } from '../../api/mutations';
import { logIn, useStart } from '../../app/session';
import { useFormat, useLanguage, useText } from '../../i18n/language';
import { Field } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { ForStrangers } from './ForStrangers';
import { textOf } from './fields';
import { EmailField, NewPasswordField } from './inputs';
import { PendingPicture } from './PendingPicture';
import { usePendingPlace } from './pending';

export default function Register() {
  return (
    <ForStrangers>
      <RegisterForm />
    </ForStrangers>
  );
}

function RegisterForm() {
  const text = useText().start;
  const format = useFormat();
  const { language } = useLanguage();
  const { registrationOpen, welcomeCredits } = useStart();
  const [, go] = useLocation();
  const place = usePendingPlace();
  const joining = useMutation({
    mutationFn: async (form: FormData) => {
      const email = textOf(form, 'email').trim();
      const password = textOf(form, 'password');
      const name = textOf(form, 'name').trim();
      const body = { email, password, name, language };
      const { confirmationRequired } = await answer(api.POST('/api/auth/register', { body }));
      if (!confirmationRequired) await logIn(email, password);
      return confirmationRequired;
    },
    onSuccess: (mailed) => {
      if (!mailed) go(place ?? '/', { replace: true });
    },
  });
  const logInLink = (
    <>
      {text.register.have} <Link href="/login">{text.login.submit}</Link>
    </>
  );
  if (!registrationOpen) {
    return <AuthCard title={text.register.title} about={text.register.closed} foot={logInLink} />;
  }
  if (joining.data) {
    return (
      <AuthCard title={text.register.mailedTitle} foot={logInLink}>
        <Notice kind="good">{text.register.mailed}</Notice>
      </AuthCard>
    );
  }
  // Whether the address had an account is not told; its owner may have typed another password.
  const taken = joining.error instanceof ApiError && joining.error.status === 401;
  return (
    <AuthCard
      title={text.register.title}
      about={welcomeCredits > 0 && text.register.bonus(format.number(welcomeCredits))}
      submit={text.register.submit}
      busy={joining.isPending}
      onSubmit={joining.mutate}
      foot={logInLink}
    >
      <PendingPicture />
      <Field label={text.register.name} name="name" autoComplete="name" required maxLength={LIMITS.name} />
      <EmailField />
      <NewPasswordField label={text.login.password} />
      {taken ? <Notice kind="warn">{text.register.taken}</Notice> : <ErrorNotice error={joining.error} />}
    </AuthCard>
  );
}
