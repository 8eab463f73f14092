import type { QueryClient } from '@tanstack/react-query';
import type { Topic } from './live-line.ts';

/** A busy hotline changes many times a second; lists of the whole floor are asked for again at most this often. */
const EVERY_MS = 1_000;

/** Asks anew for what shows the floor, soon after calls or people have changed. Answers how to stop. */
export function followFloor(queries: QueryClient): { changed: (topic: Topic) => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const ask = () => {
    again = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) ask();
    }, EVERY_MS);
    void queries.invalidateQueries({ queryKey: ['floor'] });
  };
  return {
    changed: (topic) => {
      if (topic !== 'calls' && topic !== 'people' && topic !== 'members') return;
      if (timer === undefined) ask();
      else again = true;
    },
    stop: () => clearTimeout(timer),
  };
}
