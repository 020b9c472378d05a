/** The password, and the sessions in force. */
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useText } from '../../i18n/language';
import { Card } from '../../ui/Card';
import { Check } from '../../ui/Check';
import { PasswordField } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';
import { Form, isWrongPassword, textOf } from './Form';
import { Sessions } from './Sessions';

export function Security() {
  return (
    <>
      <Password />
      <Sessions />
    </>
  );
}

function Password() {
  const text = useText().account.password;
  const [turn, setTurn] = useState(0); // an emptied form is a new one
  const changing = useMutation({
    mutationFn: (form: FormData) =>
      answer(
        api.POST('/api/auth/password', {
          body: {
            currentPassword: textOf(form, 'current'),
            newPassword: textOf(form, 'next'),
            revokeKeys: form.get('keys') !== null,
          },
        }),
      ),
    onSuccess: async () => {
      toast.good(text.done);
      setTurn(turn + 1);
      await Promise.all(['sessions', 'keys'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
  const wrong = isWrongPassword(changing.error);
  return (
    <Card className={styles.card}>
      <h2>{text.title}</h2>
      <Form
        key={turn}
        submit={text.submit}
        busy={changing.isPending}
        error={wrong ? null : changing.error}
        onSubmit={changing.mutate}
      >
        <PasswordField label={text.current} name="current" required autoComplete="current-password" />
        <PasswordField
          label={text.next}
          name="next"
          required
          minLength={8}
          hint={text.hint}
          autoComplete="new-password"
        />
        <Check name="keys">{text.keys}</Check>
        {wrong && <Notice kind="bad">{text.wrong}</Notice>}
      </Form>
    </Card>
  );
}
