/** Have a link mailed to choose a new password. */

import { Link } from 'wouter';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { useStart } from '../../app/session';
import { useText } from '../../i18n/language';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { textOf } from './fields';
import { EmailField } from './inputs';

export default function Forgot() {
  const text = useText().start;
  const { mail } = useStart();
  const asking = useMutation({
    mutationFn: (form: FormData) =>
      answer(api.POST('/api/auth/password/forgot', { body: { email: textOf(form, 'email').trim() } })),
  });
  const foot = <Link href="/login">{text.login.title}</Link>;
  if (!mail) return <AuthCard title={text.forgot.title} about={text.forgot.noMail} foot={foot} />;
  if (asking.isSuccess) {
    return (
      <AuthCard title={text.forgot.title} foot={foot}>
        <Notice kind="good">{text.forgot.done}</Notice>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={text.forgot.title}
      about={text.forgot.about}
      submit={text.forgot.submit}
      busy={asking.isPending}
      onSubmit={asking.mutate}
      foot={foot}
    >
      <EmailField />
      <ErrorNotice error={asking.error} />
    </AuthCard>
  );
}
