/** Prove an address by the link mailed to it and the password, and be logged in. */

import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { logIn } from '../../app/session';
import { useText } from '../../i18n/language';
import { PasswordField } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { isLinkUsed, linkToken, textOf } from './fields';

export default function Confirm() {
  const text = useText().start;
  const [, go] = useLocation();
  const [token] = useState(linkToken);
  const confirming = useMutation({
    mutationFn: async (form: FormData) => {
      const password = textOf(form, 'password');
      const { user } = await answer(api.POST('/api/auth/confirm', { body: { token, password } }));
      await logIn(user.email, password);
    },
    onSuccess: () => go('/', { replace: true }),
  });
  const another = (
    <>
      <Link href="/register">{text.register.submit}</Link> · <Link href="/login">{text.login.submit}</Link>
    </>
  );
  if (!token) {
    return (
      <AuthCard title={text.confirm.title} foot={another}>
        <Notice kind="warn">{text.confirm.noToken}</Notice>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={text.confirm.title}
      foot={isLinkUsed(confirming.error) && another}
      about={text.confirm.about}
      submit={text.confirm.submit}
      busy={confirming.isPending}
      onSubmit={confirming.mutate}
    >
      <PasswordField label={text.login.password} name="password" autoComplete="current-password" required />
      <ErrorNotice error={confirming.error} />
    </AuthCard>
  );
}
