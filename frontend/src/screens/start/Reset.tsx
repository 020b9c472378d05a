/** Choose a new password by a mailed link. */

import { useState } from 'react';
import { Link } from 'wouter';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { meetAgain } from '../../app/session';
import { useText } from '../../i18n/language';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { isLinkUsed, linkToken, textOf } from './fields';
import { NewPasswordField } from './inputs';

export default function Reset() {
  const text = useText().start;
  const [token] = useState(linkToken);
  const changing = useMutation({
    mutationFn: (form: FormData) =>
      answer(api.POST('/api/auth/password/reset', { body: { token, password: textOf(form, 'password') } })),
    onSuccess: meetAgain, // a new password ends every session, here too
  });
  const another = <Link href="/forgot-password">{text.forgot.submit}</Link>;
  if (!token) {
    return (
      <AuthCard title={text.reset.title} foot={another}>
        <Notice kind="warn">{text.reset.noToken}</Notice>
      </AuthCard>
    );
  }
  if (changing.isSuccess) {
    return (
      <AuthCard title={text.reset.title} foot={<Link href="/login">{text.login.submit}</Link>}>
        <Notice kind="good">{text.reset.done}</Notice>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={text.reset.title}
      foot={isLinkUsed(changing.error) && another}
      about={text.reset.about}
      submit={text.reset.submit}
      busy={changing.isPending}
      onSubmit={changing.mutate}
    >
      <NewPasswordField label={text.reset.password} />
      <ErrorNotice error={changing.error} />
    </AuthCard>
  );
}
