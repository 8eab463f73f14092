import type { Hotline } from '@ringdown/protocol/http';
import type { HotlineId, LadderNumberId } from '@ringdown/protocol/ids';
import { DEFAULT_LADDERS, endingOf, type Ladders } from '@ringdown/protocol/ladder';
import { hotlines } from './fixtures.ts';
import type { Answer } from './stand-ins.ts';
import type { Story } from './story.ts';

const NUMBER = '00000000-0000-4000-8000-000000000097' as LadderNumberId;
const NIGHT = '00000000-0000-4000-8000-000000000099' as HotlineId;
const LEGAL = '00000000-0000-4000-8000-000000000096' as HotlineId;

const [jail] = hotlines();

const other = (hotlineId: HotlineId, name: string, ladders: Ladders): Hotline | undefined =>
  jail && { ...jail, hotlineId, name, numbers: [], settings: { ...jail.settings, ladders } };

const three = (nightLeadsTo: HotlineId): (Hotline | undefined)[] => [
  jail && {
    ...jail,
    settings: {
      ...jail.settings,
      ladders: {
        ...DEFAULT_LADDERS,
        unanswered: [
          { step: 'other-hotline', hotlineId: NIGHT },
          { step: 'outside-number', numberId: NUMBER, confirm: true },
          { step: 'call-back' },
          ...endingOf('unanswered', 'voicemail'),
        ],
        full: [{ step: 'other-hotline', hotlineId: LEGAL }, ...endingOf('full', 'message')],
      },
    },
  },
  other(NIGHT, 'Night line', {
    ...DEFAULT_LADDERS,
    unanswered: [{ step: 'other-hotline', hotlineId: nightLeadsTo }, ...endingOf('unanswered', 'message')],
  }),
  other(LEGAL, 'Legal intake', DEFAULT_LADDERS),
];

const path = `/hotlines/${jail?.hotlineId}`;

/** What is kept of outside numbers, for every story of a hotline's page. */
export const ladderAnswers = (): Record<string, Answer> => ({
  [`/api${path}/ladder-numbers`]: { json: [{ numberId: NUMBER, masked: '••• 47' }] },
});

export const LADDER_STORIES = {
  'hotline-ladders': { path, answers: () => ({ '/api/hotlines': { json: three(LEGAL) } }) },
  'hotline-ladders-circle': {
    path,
    answers: () => ({ '/api/hotlines': { json: jail ? three(jail.hotlineId) : [] } }),
  },
} satisfies Record<string, Story>;
