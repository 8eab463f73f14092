import { createInstance } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import en from '../catalogue/en-later.json';
import { waiting } from '../stories/floor-fixtures.ts';
import { whyNotWords } from './why-not.ts';

describe('why a call waits', () => {
  const words = createInstance();
  beforeAll(() => words.init({ lng: 'en', resources: { en: { translation: en } } }));
  const [ringing, untried, reasoned] = waiting(6);

  it('names whom it rings at', () => {
    expect(ringing && whyNotWords(ringing, words.t)).toBe('Rings at Sam');
  });

  it('counts people by what keeps them, the most frequent first', () => {
    expect(reasoned && whyNotWords(reasoned, words.t)).toBe("3 in a call, 2 don't speak the language, 1 on a break");
  });

  it('says that nobody was asked yet when no decision was made', () => {
    expect(untried && whyNotWords(untried, words.t)).toBe('Nobody asked yet');
  });

  it('leaves out people who aren’t on the hotline at all, and has words for a reason made later', () => {
    const call = reasoned && {
      ...reasoned,
      whyNot: [
        { reason: 'not-on-this-hotline' as const, people: 9 },
        { reason: 'taken-meanwhile' as const, people: 1 },
      ],
    };
    expect(call && whyNotWords(call, words.t)).toBe('1 for another reason');
  });
});
