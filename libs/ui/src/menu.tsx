import { useId, useRef, useState, type ReactNode } from 'react';
import { buttonClass } from './button.tsx';
import './menu.css';

export interface MenuChoice {
  readonly id: string;
  readonly name: string;
  readonly icon?: ReactNode;
  readonly onChoose: () => void;
}

interface MenuProps {
  /** On the button that opens it. */
  readonly word: string;
  readonly icon: ReactNode;
  /** What the list is, read aloud. */
  readonly label: string;
  /** Where the button is: the list opens away from that edge. */
  readonly at: 'top' | 'bottom';
  readonly choices: readonly MenuChoice[];
}

/**
 * A list of actions behind a button. The browser's own popover: it closes on Escape and on a click elsewhere. Its choices are
 * drawn only while it is open: a list of rows may have hundreds behind each button.
 */
export function Menu({ word, icon, label, at, choices }: MenuProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={buttonClass('quiet')} popoverTarget={id}>
        {icon}
        <span>{word}</span>
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        className={`menu menu-${at}`}
        role="group"
        aria-label={label}
        onBeforeToggle={({ newState }) => setOpen(newState === 'open')}
      >
        {(open ? choices : []).map((choice) => (
          <button
            key={choice.id}
            type="button"
            className="menu-choice"
            onClick={() => {
              list.current?.hidePopover();
              choice.onChoose();
            }}
          >
            {choice.icon}
            <span>{choice.name}</span>
          </button>
        ))}
      </div>
    </>
  );
}
