import { Field, type FieldProps } from '@ringdown/ui/field';
import { useLayoutEffect, useRef, useSyncExternalStore, useCallback } from 'react';
import type { Text, YTextEvent } from 'yjs';
import { lettersOf, movedCaret, rewrite } from './note-document.ts';

type Props = Omit<FieldProps, 'value' | 'onChange' | 'inputRef'> & {
  readonly text: Text;
  readonly onTyped?: () => void;
};

/** A field that several people may type in at once. What others type moves nobody's caret away from its word. */
export function SharedText({ text, onTyped, ...field }: Props) {
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const caret = useRef<{ start: number; end: number } | null>(null);
  const subscribe = useCallback(
    (changed: () => void) => {
      const observer = (event: YTextEvent) => {
        const element = input.current;
        if (!event.transaction.local && element && element === document.activeElement) {
          caret.current = {
            start: movedCaret(element.selectionStart ?? 0, event.delta),
            end: movedCaret(element.selectionEnd ?? 0, event.delta),
          };
        }
        changed();
      };
      text.observe(observer);
      return () => text.unobserve(observer);
    },
    [text],
  );
  const value = useSyncExternalStore(subscribe, () => lettersOf(text));
  useLayoutEffect(() => {
    if (caret.current) input.current?.setSelectionRange(caret.current.start, caret.current.end);
    caret.current = null;
  }, [value]);
  return (
    <Field
      {...field}
      inputRef={input}
      value={value}
      onChange={(typed) => {
        rewrite(text, typed);
        onTyped?.();
      }}
    />
  );
}
