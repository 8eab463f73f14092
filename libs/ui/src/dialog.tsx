import { X } from 'lucide-react';
import { useCallback, useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { DialogHome } from './dialog-home.ts';
import './dialog.css';

export interface DialogProps {
  readonly title: string;
  readonly closeWord: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * Never opened by the program itself: only what a person asked for may cover the screen. The browser's own dialog keeps
 * the focus inside, gives it back, and closes on Escape.
 */
export function Dialog({ title, closeWord, open, onClose, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget>(null);
  const [home, setHome] = useState<Element | null>(null);
  const take = useCallback((element: HTMLDialogElement | null) => {
    dialog.current = element;
    setHome(element);
  }, []);
  // Before the effects of what is inside: a field that wants the caret takes it from the button that the dialog would choose.
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={take}
      className="dialog"
      aria-labelledby={id}
      onClose={onClose}
      onPointerDown={({ target }) => {
        pressed.current = target;
      }}
      onClick={({ target }) => {
        // The backdrop belongs to the dialog; what is inside is another target. Pressed inside and let go elsewhere, as when a
        // list opens under the pointer or words are marked, is no click on the backdrop.
        if (target === dialog.current && pressed.current === target) dialog.current.close();
      }}
    >
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon={<X size={18} aria-hidden />} onPress={() => dialog.current?.close()}>
          {closeWord}
        </Button>
      </div>
      <DialogHome value={home}>{children}</DialogHome>
    </dialog>
  );
}
