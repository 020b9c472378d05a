/** All that is kept about a person, to take along or to erase. */

import { Download } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { beNobody } from '../../app/session';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { Dialog } from '../../ui/Dialog';
import { PasswordField } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';
import { Form, isWrongPassword, textOf } from './Form';

export function Data() {
  const text = useText().account.data;
  const exporting = useMutation({
    mutationFn: async () => {
      const told = await answer(api.GET('/api/auth/export'));
      save(new Blob([JSON.stringify(told.export, null, 2)], { type: 'application/json' }), 'lumiku.json');
    },
  });
  return (
    <>
      <Card className={styles.card}>
        <h2>{text.exportTitle}</h2>
        <p className={styles.soft}>{text.exportAbout}</p>
        <ErrorNotice error={exporting.error} />
        <div>
          <Button icon={<Download />} busy={exporting.isPending} onClick={() => exporting.mutate()}>
            {text.export}
          </Button>
        </div>
      </Card>
      <Erase />
    </>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Erase() {
  const { data: text, password } = useText().account;
  const [asked, ask] = useState(false);
  const [, go] = useLocation();
  const erasing = useMutation({
    mutationFn: (form: FormData) =>
      answer(api.DELETE('/api/auth/account', { body: { password: textOf(form, 'password') } })),
    onSuccess: async () => {
      go('/');
      toast.good(text.deleted);
      await beNobody();
    },
  });
  const wrong = isWrongPassword(erasing.error);
  const close = () => {
    ask(false);
    erasing.reset();
  };
  return (
    <Card className={`${styles.card} ${styles.danger}`}>
      <h2>{text.deleteTitle}</h2>
      <p className={styles.soft}>{text.deleteAbout}</p>
      <div>
        <Button look="danger" onClick={() => ask(true)}>
          {text.delete}
        </Button>
      </div>
      <Dialog open={asked} onClose={close} title={text.sure} about={text.deleteAbout}>
        <Form
          submit={text.delete}
          look="danger"
          busy={erasing.isPending}
          error={wrong ? null : erasing.error}
          onSubmit={erasing.mutate}
        >
          <PasswordField label={text.password} name="password" required autoComplete="current-password" />
          {wrong && <Notice kind="bad">{password.wrong}</Notice>}
        </Form>
      </Dialog>
    </Card>
  );
}
