/** A labelled input with its hint and its error, tied together for screen readers. */
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { LIMITS } from '../api/limits';
import { useText } from '../i18n/language';
import styles from './Field.module.css';

interface Props extends ComponentProps<'input'> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

export function Field({ label, hint, error, children, ...input }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.box}>
        <input
          {...input}
          id={id}
          aria-describedby={described || undefined}
          aria-invalid={error ? true : undefined}
        />
        {children}
      </div>
      {hint && (
        <small id={`${id}-hint`} className={styles.hint}>
          {hint}
        </small>
      )}
      {error && (
        <small id={`${id}-error`} className={styles.error}>
          {error}
        </small>
      )}
    </div>
  );
}

/** A password, which its owner may look at. */
export function PasswordField(props: Omit<Props, 'type'>) {
  const text = useText().start.login;
  const [shown, setShown] = useState(false);
  return (
    <Field
      maxLength={LIMITS.password}
      {...props}
      type={shown ? 'text' : 'password'}
      spellCheck={false}
      autoCapitalize="none"
    >
      <button
        type="button"
        className={styles.eye}
        onClick={() => setShown(!shown)}
        aria-label={shown ? text.hide : text.show}
        title={shown ? text.hide : text.show}
      >
        {shown ? <EyeOff size={18} /> : <Eye size={18} />}
      </button>
    </Field>
  );
}
