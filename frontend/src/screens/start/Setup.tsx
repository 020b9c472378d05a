/** Become the administrator by the link that the first start prints. */

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Redirect, useLocation } from 'wouter';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { logIn, useStart } from '../../app/session';
import { useText } from '../../i18n/language';
import { LinkButton } from '../../ui/Button';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { AuthCard } from './AuthCard';
import { linkToken, textOf } from './fields';
import { EmailField, NewPasswordField } from './inputs';

export default function Setup() {
  const text = useText().start;
  const { open } = useStart();
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
  const { data: setup } = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => answer(api.GET('/api/auth/setup', { signal })),
    enabled: !open,
  });
  if (open) return <Redirect to="/" replace />; // nobody administers where there are no accounts
  if (setup?.open === false && !becoming.isPending) {
    return (
      <AuthCard title={text.setup.title}>
        <Notice kind="warn">{text.setup.over}</Notice>
        <LinkButton href="/login" look="primary">
          {text.login.submit}
        </LinkButton>
      </AuthCard>
    );
  }
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
      <EmailField />
      <NewPasswordField label={text.login.password} />
      <ErrorNotice error={becoming.error} />
    </AuthCard>
  );
}
