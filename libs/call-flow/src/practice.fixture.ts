import { PracticeScript, type PracticeArrival } from '@ringdown/protocol/practice';
import { operatorId } from './call-building.fixture.ts';

export const aScript = (change: Partial<PracticeScript> = {}): PracticeScript => ({
  ...PracticeScript.parse({
    scriptId: 'two-minutes-from-jail',
    language: 'en',
    voice: 'en',
    title: 'Two minutes from a jail',
    steps: [
      { listen: 6 },
      { say: 'I have two minutes.' },
      { listen: 10 },
      { say: 'Thank you. Goodbye.', goodbye: true },
    ],
    reactions: {},
    goodCall: [{ check: 'answered-within', s: 15 }],
  }),
  ...change,
});

export const aPractice = (change: Partial<PracticeArrival> = {}): PracticeArrival => ({
  operatorId: operatorId(1),
  from: 'offline',
  script: aScript(),
  ...change,
});
