import { useId, type ReactNode } from 'react';
import './choice.css';

export interface ExplainedChoice<Id extends string> {
  readonly id: Id;
  readonly name: string;
  readonly detail?: string;
  readonly icon?: ReactNode;
  /** Of the name, when it isn't the page's. */
  readonly language?: string;
}

interface GroupProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly ExplainedChoice<Id>[];
  readonly value: Id | null;
  readonly onChange: (value: Id) => void;
}

/** A few choices with their consequences, one under the other. */
export function Choices<Id extends string>({ label, choices, value, onChange }: GroupProps<Id>) {
  const group = useId();
  return (
    <fieldset className="choices">
      <legend className="choices-label">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.id} className="choice">
          <input
            type="radio"
            name={group}
            className="choice-input"
            checked={choice.id === value}
            onChange={() => onChange(choice.id)}
            aria-labelledby={`${group}-${choice.id}`}
            aria-describedby={choice.detail === undefined ? undefined : `${group}-${choice.id}-detail`}
          />
          <span>
            <span className="choice-name" id={`${group}-${choice.id}`}>
              {choice.name}
            </span>
            {choice.detail === undefined ? null : (
              <span className="quiet small" id={`${group}-${choice.id}-detail`}>
                {choice.detail}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Any number of some choices. */
export function Checks({
  label,
  choices,
  values,
  onChange,
}: {
  readonly label: string;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly values: readonly string[];
  readonly onChange: (id: string, on: boolean) => void;
}) {
  return (
    <fieldset className="choices">
      <legend className="choices-label">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.id} className="choice">
          <input
            type="checkbox"
            className="choice-input"
            checked={values.includes(choice.id)}
            onChange={({ target }) => onChange(choice.id, target.checked)}
          />
          <span className="choice-name">{choice.name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Two to four words side by side. */
export function Segments<Id extends string>({ label, choices, value, onChange }: GroupProps<Id>) {
  const group = useId();
  return (
    <div role="radiogroup" aria-label={label} className="segments">
      {choices.map((choice) => (
        <label key={choice.id} className="segment">
          <input
            type="radio"
            name={group}
            className="only-read"
            checked={choice.id === value}
            onChange={() => onChange(choice.id)}
          />
          {choice.icon}
          <span lang={choice.language}>{choice.name}</span>
        </label>
      ))}
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ label, on, onChange }: SwitchProps) {
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        className="only-read"
        checked={on}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span className="switch-track" aria-hidden="true" />
      {label}
    </label>
  );
}
