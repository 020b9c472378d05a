/** What one presses: a button, or a link that looks like one. */
import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './Button.module.css';

type Look = 'primary' | 'secondary' | 'ghost' | 'danger';

interface Common {
  look?: Look;
  size?: 'm' | 's' | 'l';
  icon?: ReactNode;
}

/** While it is `disabled` it is still reached, so that whoever pressed it last does not lose their place. */
interface ButtonProps extends Common, ComponentProps<'button'> {
  /** Something runs: a second press does nothing, and screen readers are told. */
  busy?: boolean;
}

function classOf(look: Look, size: string, className?: string): string {
  return [styles.button, styles[look], styles[size], className].filter(Boolean).join(' ');
}

export function Button({
  look = 'secondary',
  size = 'm',
  icon,
  busy = false,
  disabled = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classOf(look, size, className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || disabled || undefined}
      onClick={busy || disabled ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className={styles.spinner} aria-hidden="true" /> : icon}
      {children}
    </button>
  );
}

interface LinkProps extends Common {
  href: string;
  children: ReactNode;
  className?: string;
  /** What else it does. */
  onClick?: () => void;
}

export function LinkButton({
  look = 'secondary',
  size = 'm',
  icon,
  className,
  children,
  ...rest
}: LinkProps) {
  return (
    <Link {...rest} className={classOf(look, size, className)}>
      {icon}
      {children}
    </Link>
  );
}

interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  label: string;
  icon: ReactNode;
}

/** A button with a picture alone; `label` is its name and its hint. */
export function IconButton({ label, look = 'ghost', className, ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      look={look}
      className={`${styles.square} ${className ?? ''}`}
      aria-label={label}
      title={label}
    />
  );
}
