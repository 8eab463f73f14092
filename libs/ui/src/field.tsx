import { useEffect, useId, useRef, type HTMLInputTypeAttribute, type RefObject } from 'react';
import './field.css';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  /** What is wrong and what to do; also makes the field invalid for assistive technology. */
  readonly error?: string | undefined;
  readonly type?: HTMLInputTypeAttribute;
  readonly autoComplete?: string;
  /** Takes the caret when it appears: a step of a wizard puts it where the answer goes. */
  readonly autoFocus?: boolean;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly inputMode?: 'text' | 'numeric' | 'tel';
  /** More than one makes a text area. */
  readonly rows?: number;
  readonly onBlur?: () => void;
  readonly spellCheck?: boolean;
  /** For a caller that looks after the caret. */
  readonly inputRef?: RefObject<(HTMLInputElement & HTMLTextAreaElement) | null>;
}

export function Field(props: FieldProps) {
  const { label, value, onChange, hint, error, type = 'text', rows = 1, autoFocus = false } = props;
  const id = useId();
  const ownInput = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const input = props.inputRef ?? ownInput;
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus, input]);
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`];
  const shared = {
    ref: input,
    id,
    className: 'field-input',
    value,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
    onBlur: props.onBlur,
    maxLength: props.maxLength,
    spellCheck: props.spellCheck,
    'aria-required': props.required,
    'aria-invalid': error === undefined ? undefined : true,
    'aria-describedby': described.filter(Boolean).join(' ') || undefined,
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {rows > 1 ? (
        <textarea {...shared} rows={rows} />
      ) : (
        <input {...shared} type={type} autoComplete={props.autoComplete} inputMode={props.inputMode} />
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
