import type { HotlineId, LadderNumberId, OperatorId } from '@ringdown/protocol/ids';
import type { FileProblem } from './simulation-file-problems.ts';
import type { SimulationFile } from './simulation-file-schema.ts';

/** Ids of what a file names are counted by its kind. */
export const idInFile = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The name of a number that nobody answers: it stands in no list. */
const UNANSWERED = 'unanswered';

/** What the file calls by a name. A name that nobody has is a problem of the place where it stands. */
export class FileNames {
  private readonly people = new Map<string, OperatorId>();
  private readonly hotlines = new Map<string, HotlineId>();
  private readonly numbers = new Map<string, LadderNumberId>([[UNANSWERED, idInFile(5, 0) as LadderNumberId]]);
  private readonly problems: FileProblem[];
  private readonly firstHotline: string;

  constructor(file: SimulationFile, problems: FileProblem[]) {
    this.problems = problems;
    this.firstHotline = file.hotline.name;
    for (const [n, { name }] of [file.hotline, ...file.hotlines].entries()) {
      if (this.hotlines.has(name))
        problems.push({ path: ['hotlines', n - 1, 'name'], message: `There are two hotlines called ${name}` });
      this.hotlines.set(name, idInFile(9, n + 1) as HotlineId);
    }
    for (const [n, { name }] of file.people.entries()) {
      if (this.people.has(name))
        problems.push({ path: ['people', n, 'name'], message: `There are two people called ${name}` });
      this.people.set(name, idInFile(8, n + 1) as OperatorId);
    }
    for (const [n, { name }] of file.numbers.entries()) {
      const path = ['numbers', n, 'name'];
      if (name === UNANSWERED)
        problems.push({ path, message: `${UNANSWERED} is the name of a number that nobody answers: take another one` });
      else if (this.numbers.has(name)) problems.push({ path, message: `There are two numbers called ${name}` });
      this.numbers.set(name, idInFile(5, n + 1) as LadderNumberId);
    }
  }

  /** Without a name the first one. */
  hotlineOf(name: string | undefined, path: PropertyKey[]): HotlineId {
    const known = this.hotlines.get(name ?? this.firstHotline);
    if (!known) this.problems.push({ path, message: `There is no hotline called ${name}` });
    return known ?? (idInFile(9, 0) as HotlineId);
  }

  personOf(name: string, path: PropertyKey[]): OperatorId {
    const known = this.people.get(name);
    if (!known) this.problems.push({ path, message: `There is nobody called ${name} under people` });
    return known ?? (idInFile(8, 0) as OperatorId);
  }

  numberOf(name: string, path: PropertyKey[]): LadderNumberId {
    const known = this.numbers.get(name);
    if (!known) this.problems.push({ path, message: `There is no number called ${name} under numbers` });
    return known ?? (idInFile(5, 0) as LadderNumberId);
  }

  ofPeople(): Map<OperatorId, string> {
    return namesById(this.people);
  }

  ofHotlines(): Map<HotlineId, string> {
    return namesById(this.hotlines);
  }

  ofNumbers(): Map<LadderNumberId, string> {
    return namesById(this.numbers);
  }
}

const namesById = <Id>(ids: ReadonlyMap<string, Id>): Map<Id, string> =>
  new Map([...ids].map(([name, id]) => [id, name]));
