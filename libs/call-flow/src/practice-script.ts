import {
  type PracticeLanguage,
  PracticeScript,
  type PracticeScriptFile,
  type PracticeScriptId,
} from '@ringdown/protocol/practice';

type Both = Readonly<Record<PracticeLanguage, string>>;

/** What one call follows: the script in the language that is practised, the caller's words in the caller's. */
export const practiceScript = (
  scriptId: PracticeScriptId,
  file: PracticeScriptFile,
  language: PracticeLanguage,
): PracticeScript => {
  const other: PracticeLanguage = language === 'en' ? 'es' : 'en';
  const voice = file.callerSpeaks ? other : language;
  const spoken = (words: Both): string => words[voice];
  const { hold, silence, keypad, handOver } = file.reactions ?? {};
  return PracticeScript.parse({
    scriptId,
    language,
    voice,
    title: file.title[language],
    steps: file.steps.map((step) => {
      if ('say' in step) return { ...step, say: spoken(step.say) };
      if ('listen' in step && step.otherwise) return { ...step, otherwise: spoken(step.otherwise) };
      return step;
    }),
    reactions: {
      ...(hold ? { hold: { ...hold, say: spoken(hold.say) } } : {}),
      ...(silence ? { silence: { ...silence, say: spoken(silence.say) } } : {}),
      ...(keypad ? { keypad: { say: spoken(keypad.say) } } : {}),
      ...(handOver ? { handOver: { say: spoken(handOver.say) } } : {}),
    },
    goodCall: file.goodCall,
  });
};
