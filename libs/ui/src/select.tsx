import { Check, ChevronDown } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { ComboBox } from 'react-aria-components/ComboBox';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select';
import { Text } from 'react-aria-components/Text';
import { use } from 'react';
import { DialogHome } from './dialog-home.ts';
import './field.css';
import './select.css';

export interface Choice<Id extends string> {
  readonly id: Id;
  readonly name: string;
}

interface ChoiceFieldProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly value: Id;
  readonly onChange: (value: Id) => void;
  readonly hint?: string;
}

function option<Id extends string>(choice: Choice<Id>) {
  return (
    <ListBoxItem id={choice.id} textValue={choice.name} className="option">
      {({ isSelected }) => (
        <>
          <span className="option-text">{choice.name}</span>
          {isSelected ? <Check size={16} aria-hidden /> : null}
        </>
      )}
    </ListBoxItem>
  );
}

/** Where the list is drawn: in the dialog around the field, if there is one. */
const useHome = () => {
  const home = use(DialogHome);
  return home ? { UNSTABLE_portalContainer: home } : {};
};

const found = <Id extends string>(choices: readonly Choice<Id>[], key: unknown) =>
  choices.find((choice) => choice.id === key)?.id;

export function Select<Id extends string>({ label, choices, value, onChange, hint }: ChoiceFieldProps<Id>) {
  const home = useHome();
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(key) => {
        const id = found(choices, key);
        if (id !== undefined) onChange(id);
      }}
    >
      <Label className="field-label">{label}</Label>
      <Button className="select-button">
        <SelectValue />
        <ChevronDown size={18} aria-hidden />
      </Button>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Popover className="popover" {...home}>
        <ListBox className="options" items={choices}>
          {option}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** For long lists: what is typed narrows them. */
export function Combo<Id extends string>({ label, choices, value, onChange, hint }: ChoiceFieldProps<Id>) {
  const home = useHome();
  return (
    <ComboBox
      className="field"
      defaultItems={choices}
      defaultValue={value}
      menuTrigger="focus"
      onChange={(key) => {
        const id = found(choices, key);
        if (id !== undefined) onChange(id);
      }}
    >
      <Label className="field-label">{label}</Label>
      <div className="combo">
        <Input className="field-input" />
        <Button className="combo-open">
          <ChevronDown size={18} aria-hidden />
        </Button>
      </div>
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Popover className="popover" {...home}>
        <ListBox className="options">{option}</ListBox>
      </Popover>
    </ComboBox>
  );
}
