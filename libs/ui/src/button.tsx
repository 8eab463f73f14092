import type { ReactNode } from 'react';
import './button.css';

type Kind = 'primary' | 'secondary' | 'quiet' | 'danger';

export interface ButtonProps {
  readonly kind?: Kind;
  readonly size?: 'usual' | 'large';
  readonly wide?: boolean;
  readonly icon?: ReactNode;
  /** A key that does the same, shown beside the word; the screen binds it. */
  readonly shortcut?: string;
  readonly type?: 'button' | 'submit';
  readonly isDisabled?: boolean;
  /** What it started is under way: it stays focusable, says so, and does nothing. */
  readonly isPending?: boolean;
  readonly 'aria-pressed'?: boolean;
  readonly onPress?: () => void;
  readonly children: ReactNode;
}

/** A resting screen has at most one `primary`. Always with a word; `icon` is decoration. */
export function Button(props: ButtonProps) {
  const { kind = 'secondary', size = 'usual', wide = false, icon, shortcut, children, type = 'button' } = props;
  const { isDisabled = false, isPending = false, onPress } = props;
  return (
    <button
      // oxlint-disable-next-line react/button-has-type -- one of the two, from the caller
      type={type}
      className={buttonClass(kind, size, wide)}
      disabled={isDisabled}
      aria-disabled={isPending || undefined}
      aria-busy={isPending || undefined}
      aria-pressed={props['aria-pressed']}
      onClick={(event) => {
        if (isPending) event.preventDefault();
        else onPress?.();
      }}
    >
      {icon}
      <span>{children}</span>
      {shortcut === undefined ? null : <kbd aria-hidden="true">{shortcut}</kbd>}
    </button>
  );
}

/** For links that look like buttons. */
export function buttonClass(kind: Kind, size: 'usual' | 'large' = 'usual', wide = false) {
  return ['button', `button-${kind}`, size === 'large' ? 'button-large' : '', wide ? 'button-wide' : '']
    .filter(Boolean)
    .join(' ');
}
