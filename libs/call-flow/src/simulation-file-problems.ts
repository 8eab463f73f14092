import type { z } from 'zod';

export interface FileProblem {
  /** Where in the file: keys and places in lists. */
  path: readonly PropertyKey[];
  message: string;
}

/** Of several forms an entry may have, the one that came nearest says what is wrong. */
export const problemsOf = (issue: z.core.$ZodIssue): FileProblem[] => {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest =
      issue.errors.toSorted(
        (a, b) => unknownKeys(a) - unknownKeys(b) || shallow(a) - shallow(b) || a.length - b.length,
      )[0] ?? [];
    const inner = nearest.flatMap(problemsOf);
    if (inner.some((each) => each.path.length > 0))
      return inner.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
    const said = issue.message === 'Invalid input' ? inner[0]?.message : issue.message;
    return [{ path: issue.path, message: said ?? issue.message }];
  }
  return [{ path: issue.path, message: issue.message }];
};

const unknownKeys = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

/** A form whose parts are wrong is nearer than one that is another kind of thing altogether. */
const shallow = (issues: readonly z.core.$ZodIssue[]): number => Number(issues.every(({ path }) => path.length === 0));
