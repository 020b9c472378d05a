/** Name, language, mails, and another address. */

import { useState } from 'react';
import { answer, api } from '../../api/client';
import { LIMITS } from '../../api/limits';
import { useMutation } from '../../api/mutations';
import { queries, startQuery } from '../../api/queries';
import { useStart, useUser } from '../../app/session';
import { useFormat, useLanguage, useText } from '../../i18n/language';
import { LANGUAGES, type Language } from '../../i18n/text';
import { Card } from '../../ui/Card';
import { Check } from '../../ui/Check';
import { Choice } from '../../ui/Choice';
import { Field, PasswordField } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import styles from './Account.module.css';
import { Form, isWrongPassword, textOf } from './Form';

export function Profile() {
  const { account: text, shell } = useText();
  const format = useFormat();
  const user = useUser();
  const { mail } = useStart();
  const { choose } = useLanguage();
  const [picked, setLanguage] = useState<Language | null>(null);
  const language = picked ?? user?.language ?? 'en';
  const saving = useMutation({
    mutationFn: (form: FormData) =>
      answer(
        api.PUT('/api/auth/profile', {
          body: {
            name: textOf(form, 'name').trim(),
            language,
            mailOptOut: mail ? form.get('mail') === null : (user?.mailOptOut ?? false),
          },
        }),
      ),
    onSuccess: async () => {
      if (picked) choose(picked);
      await queries.invalidateQueries({ queryKey: startQuery.queryKey });
    },
  });
  if (!user) return null;
  return (
    <>
      <Card className={styles.card}>
        <h2>{text.sections.profile}</h2>
        <p className={styles.small}>
          {user.email} · {text.profile.since(format.date(user.createdAt))}
        </p>
        <Form
          submit={shell.save}
          busy={saving.isPending}
          error={saving.error}
          onSubmit={saving.mutate}
          onChange={saving.isSuccess ? saving.reset : undefined}
        >
          <Field
            label={text.profile.name}
            name="name"
            defaultValue={user.name}
            maxLength={LIMITS.name}
            autoComplete="name"
          />
          <Choice
            label={text.profile.language}
            value={language}
            options={LANGUAGES.map((each) => [each, shell.languages[each]] as const)}
            onChoose={setLanguage}
            hint={text.profile.languageHint}
          />
          {mail && (
            <Check name="mail" defaultChecked={!user.mailOptOut}>
              {text.profile.mail}
            </Check>
          )}
          {saving.isSuccess && <Notice kind="good">{text.saved}</Notice>}
        </Form>
      </Card>
      {mail && <Address />}
    </>
  );
}

function Address() {
  const { address: text, password } = useText().account;
  const sending = useMutation({
    mutationFn: (form: FormData) =>
      answer(
        api.POST('/api/auth/email', {
          body: { email: textOf(form, 'email').trim(), password: textOf(form, 'password') },
        }),
      ),
  });
  const wrong = isWrongPassword(sending.error);
  return (
    <Card className={styles.card}>
      <h2>{text.title}</h2>
      <p className={styles.soft}>{text.about}</p>
      {sending.isSuccess ? (
        <Notice kind="good">{text.done}</Notice>
      ) : (
        <Form
          submit={text.submit}
          busy={sending.isPending}
          error={wrong ? null : sending.error}
          onSubmit={sending.mutate}
        >
          <Field
            label={text.email}
            name="email"
            type="email"
            required
            maxLength={LIMITS.email}
            autoComplete="email"
          />
          <PasswordField label={text.password} name="password" required autoComplete="current-password" />
          {wrong && <Notice kind="bad">{password.wrong}</Notice>}
        </Form>
      )}
    </Card>
  );
}
