import type { QueryClient } from '@tanstack/react-query';
import type { Answer } from './stand-ins.ts';

const EVERY_MS = 1_000;

/** The same lists, a little different each time they are asked for: for measuring what an update costs. */
export function changingAnswers(answers: Readonly<Record<string, Answer>>): Record<string, Answer> {
  let turn = 0;
  const changed: Record<string, Answer> = { ...answers };
  for (const [path, answer] of Object.entries(answers)) {
    if (typeof answer === 'string' || !('json' in answer)) continue;
    if (path === '/api/queue') changed[path] = { made: async () => oneGoneOneCome(answer.json as Waiting[], ++turn) };
    if (path === '/api/floor') changed[path] = { made: async () => someChanged(answer.json as Floor, ++turn) };
  }
  return changed;
}

interface Waiting {
  readonly position: number;
}
interface Floor {
  readonly people: readonly { readonly misses: number }[];
}

/** As when the first is answered: every other place in the line changes. */
function oneGoneOneCome(calls: readonly Waiting[], turn: number): Waiting[] {
  const at = turn % Math.max(1, calls.length);
  return [...calls.slice(at), ...calls.slice(0, at)].map((call, index) => ({ ...call, position: index + 1 }));
}

/** Each tenth person. */
function someChanged(floor: Floor, turn: number): Floor {
  return {
    ...floor,
    people: floor.people.map((person, index) =>
      (index + turn) % 10 === 0 ? { ...person, misses: (person.misses + turn) % 3 } : person,
    ),
  };
}

export function changeOften(queries: QueryClient): void {
  setInterval(() => {
    performance.mark('update');
    void queries.invalidateQueries();
  }, EVERY_MS);
}
