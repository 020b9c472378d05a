/** The two inputs that the screens of the start share: an address, and a new password. */
import { LIMITS } from '../../api/limits';
import { useText } from '../../i18n/language';
import { Field, PasswordField } from '../../ui/Field';

export function EmailField() {
  const text = useText().start;
  return (
    <Field
      label={text.login.email}
      name="email"
      type="email"
      autoComplete="username"
      required
      maxLength={LIMITS.email}
    />
  );
}

export function NewPasswordField({ label }: { label: string }) {
  const text = useText().start;
  return (
    <PasswordField
      label={label}
      name="password"
      autoComplete="new-password"
      hint={text.register.passwordHint}
      required
      minLength={8}
    />
  );
}
