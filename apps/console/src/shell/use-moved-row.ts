import { type RefObject, useEffect, useRef } from 'react';

/**
 * A row of a list that is moved up and down by its first two buttons in `moves` (a CSS class). Moving a row in the page takes
 * the focus from it; whoever moves by keyboard goes on from the same button, or from the other one at the list's end.
 */
export function useMovedRow<Row extends HTMLElement>(
  at: number,
  moves: string,
  onMove: (by: -1 | 1) => void,
): { row: RefObject<Row | null>; move: (by: -1 | 1) => void } {
  const row = useRef<Row>(null);
  const moved = useRef<-1 | 1 | null>(null);
  useEffect(() => {
    if (moved.current === null) return;
    const buttons = row.current?.querySelectorAll<HTMLButtonElement>(`.${moves} button`);
    const same = buttons?.[moved.current === -1 ? 0 : 1];
    (same?.disabled ? buttons?.[moved.current === -1 ? 1 : 0] : same)?.focus();
    moved.current = null;
  }, [at, moves]);
  const move = (by: -1 | 1) => {
    moved.current = by;
    onMove(by);
  };
  return { row, move };
}
