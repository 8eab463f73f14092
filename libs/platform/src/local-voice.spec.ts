import { expect, test } from 'vitest';
import { LocalVoice, parseVoices, voiceFor } from './local-voice.ts';

const LISTED = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  ar              --/M      Arabic             sem/ar
 5  chr-US-Qaaa-x-west --/M      Cherokee_          iro/chr
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  pt-br           --/M      Portuguese_(Brazil) roa/pt-BR            (pt 6)
`;

test('the program’s list of voices is read, other tags of a voice too', () => {
  const languages = parseVoices(LISTED).map(({ language }) => language);
  expect(languages).toEqual(['ar', 'cmn', 'zh-cmn', 'zh', 'en-gb', 'en', 'fr-fr', 'fr', 'pt-br', 'pt']);
  expect(parseVoices(LISTED)[0]).toEqual({ language: 'ar', name: 'Arabic' });
  expect(parseVoices('')).toEqual([]);
});

test('a language is spoken by its own voice, else by one of the language, else by none', () => {
  const voices = parseVoices(LISTED);
  expect(voiceFor('pt-BR', voices)?.language).toBe('pt-br');
  expect(voiceFor('fr-CA', voices)?.language).toBe('fr');
  expect(voiceFor('xx', voices)).toBeUndefined();
});

test('a machine without the program has no voices, speaks nothing and breaks nothing', async () => {
  let now = 0;
  const voice = new LocalVoice('no-such-program-as-this', () => now);
  expect(await voice.voices()).toEqual([]);
  expect(await voice.speak('hello', 'en')).toEqual({ outcome: 'no-voice' });
  now = 60_000;
  expect(await voice.voices()).toEqual([]);
});
