/** Become the administrator by the link that the first start prints. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answer, api } from '../../api/client';
import { logIn } from '../../app/session';
import { useText } from '../../i18n/language';
import { Field, PasswordField } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { linkToken, textOf } from './fields';

export default function Setup() {
  const text = useText().start;
  const [, go] = useLocation();
  const [token] = useState(linkToken);
  const becoming = useMutation({
    mutationFn: async (form: FormData) => {
      const email = textOf(form, 'email').trim();
      const password = textOf(form, 'password');
      await answer(api.POST('/api/auth/setup', { body: { token, email, password } }));
      await logIn(email, password);
    },
    onSuccess: () => go('/', { replace: true }),
  });
  if (!token) {
    return (
      <AuthCard title={text.setup.title}>
        <Notice kind="warn">{text.setup.noToken}</Notice>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={text.setup.title}
      about={text.setup.about}
      submit={text.setup.submit}
      busy={becoming.isPending}
      onSubmit={becoming.mutate}
    >
      <Field
        label={text.login.email}
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
      />
      <PasswordField
        label={text.login.password}
        name="password"
        autoComplete="new-password"
        hint={text.register.passwordHint}
        required
        minLength={8}
        maxLength={1024}
      />
      <ErrorNotice error={becoming.error} />
    </AuthCard>
  );
}
