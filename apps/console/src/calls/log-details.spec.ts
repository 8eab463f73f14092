import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { createInstance } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../catalogue/en-later.json';
import es from '../catalogue/es-later.json';
import { detailWords } from './log-details.ts';

const jail = 'b1b1b1b1-0000-4000-8000-000000000001' as HotlineId;
const legal = 'b1b1b1b1-0000-4000-8000-000000000002' as HotlineId;
const noor = 'c1c1c1c1-0000-4000-8000-000000000001' as OperatorId;
const names = {
  hotlines: [
    { hotlineId: jail, name: 'Jail support' },
    { hotlineId: legal, name: 'Legal intake' },
  ],
  members: [{ operatorId: noor, name: 'Noor' }],
};

describe('facts in the activity log', () => {
  const words = createInstance();
  beforeAll(() => words.init({ lng: 'en', resources: { en: { translation: en }, es: { translation: es } } }));
  const inLanguage = (language: string) => words.getFixedT(language);

  it('names stand in the place of ids, and what is empty is left out', () => {
    expect(detailWords({ left: '', joined: `${jail} ${legal}`, operatorId: noor }, names, inLanguage('en'))).toEqual([
      'Noor',
      'into: Jail support, Legal intake',
    ]);
  });

  it('codes are said in words, in the language of the page', () => {
    const details = { hotline: jail, state: 'by-hours' };
    expect(detailWords(details, names, inLanguage('en'))).toEqual([
      'hotline: Jail support',
      'by its opening hours again',
    ]);
    expect(detailWords(details, names, inLanguage('es'))).toEqual(['línea: Jail support', 'otra vez según su horario']);
    const prompt = { prompt: 'greeting', as: 'words' };
    expect(detailWords(prompt, names, inLanguage('en'))).toEqual(['Greeting', 'now: Typed words']);
  });

  it('what has gone since is told by the start of its id, what this page doesn’t know as it is', () => {
    const gone = { operatorId: 'dddddddd-0000-4000-8000-000000000001', flavour: 'new' };
    expect(detailWords(gone, names, inLanguage('en'))).toEqual(['dddddddd', 'flavour: new']);
  });
});
