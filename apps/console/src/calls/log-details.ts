import type { AdminLogLine, Hotline, Member } from '@ringdown/protocol/http';
import type { TFunction } from 'i18next';
import { languageName } from '../shell/time-words.ts';

export interface LogNames {
  readonly hotlines: readonly Pick<Hotline, 'hotlineId' | 'name'>[];
  readonly members: readonly Pick<Member, 'operatorId' | 'name'>[];
}

/** The facts of a line of the activity log as people say them: names in the place of ids, words in the place of codes. */
export function detailWords(details: AdminLogLine['details'], names: LogNames, t: TFunction): string[] {
  return Object.entries(details)
    .filter(([, value]) => value !== '')
    .toSorted(([one], [other]) => Number(other === WHO) - Number(one === WHO))
    .map(([fact, value]) => {
      const words = valueWords(fact, value, names, t);
      // A fact that a newer server tells is shown as it is: better its own words than none.
      return t(`log.detail.${fact}`, { value: words, defaultValue: `${fact}: ${words}` });
    });
}

/** Said before what was done with them. */
const WHO = 'operatorId';
/** Enough of an id to tell it from another by eye. */
const startOf = (id: string): string => id.slice(0, 8);

function valueWords(fact: string, value: string, { hotlines, members }: LogNames, t: TFunction): string {
  const wordFor = (key: string) => t(`${key}.${value}`, { defaultValue: value });
  const nameOfHotline = (id: string) => hotlines.find(({ hotlineId }) => hotlineId === id)?.name ?? startOf(id);
  switch (fact) {
    case 'hotline':
    case 'joined':
    case 'left':
      return value.split(' ').map(nameOfHotline).join(', ');
    case WHO:
      return members.find(({ operatorId }) => operatorId === value)?.name ?? startOf(value);
    case 'gatewayId':
    case 'account':
      return startOf(value);
    case 'role':
      return wordFor('role');
    case 'language':
      return languageName(value);
    case 'prompt':
      return wordFor('prompts.kind');
    case 'as':
      return wordFor('prompts.state');
    case 'mode':
      return wordFor('supervise');
    case 'state':
      return wordFor('log.by-hand');
    default:
      return value;
  }
}
