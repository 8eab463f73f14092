import { kindOf, NO_LANGUAGE, NUMBER_PLACE } from '@ringdown/protocol/prompt-kinds';
import type { PromptState, PromptView } from '@ringdown/protocol/prompts';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Tag, type TagTone } from '@ringdown/ui/tag';
import { Pencil, Play, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { languageName } from '../shell/time-words.ts';

const TONES: Readonly<Record<PromptState, TagTone>> = {
  'built-in': 'plain',
  words: 'accent',
  recording: 'accent',
  'carrier-words': 'accent',
  missing: 'warning',
  'other-key': 'warning',
};

interface PromptRowProps {
  readonly hotlineId: string;
  readonly prompt: PromptView;
  /** Whose callers are looked at. */
  readonly language: string;
  readonly onChange: () => void;
}

/** One thing that is heard: what it says, whose words they are, and how it sounds. */
export function PromptRow({ hotlineId, prompt, language, onChange }: PromptRowProps) {
  const { t } = useTranslation();
  const { kind, state, words, heardIn, key } = prompt;
  const name = t(`prompts.kind.${kind}`);
  const isCarriers = state === 'carrier-words' || kindOf(kind).carrier === 'always';
  const isSilent = isCarriers || heardIn === null;
  return (
    <div className="prompt-row">
      <div className="prompt-row-text">
        <p className="prompt-row-name">
          <strong>{name}</strong> <Tag tone={TONES[state]}>{t(`prompts.state.${state}`)}</Tag>
        </p>
        <p className="quiet small">{t(`prompts.heard.${kind}`)}</p>
        {words === null ? null : (
          <p lang={prompt.language === NO_LANGUAGE ? undefined : prompt.language} dir="auto">
            “{key === null ? words.replaceAll(NUMBER_PLACE, '…') : words.replaceAll(NUMBER_PLACE, String(key))}”
          </p>
        )}
        {state === 'missing' ? (
          <p className="small">
            {heardIn === null
              ? t('prompts.line-missing', { key, name: languageName(language) })
              : t('prompts.instead', { other: languageName(heardIn) })}
          </p>
        ) : null}
        {state === 'other-key' ? <p className="small">{t('prompts.wrong-key', { key })}</p> : null}
        {isCarriers ? <p className="small quiet">{t('prompts.by-carrier')}</p> : null}
      </div>
      <div className="row">
        {isSilent && !kindOf(kind).music ? null : <Preview hotlineId={hotlineId} prompt={prompt} name={name} />}
        <Button kind="quiet" icon={<Pencil size={16} aria-hidden />} onPress={onChange}>
          {t('prompts.change')}
          <span className="only-read"> {name}</span>
        </Button>
      </div>
    </div>
  );
}

/** Exactly what a phone gets: the server makes it as the gateway does. */
function Preview({ hotlineId, prompt, name }: { hotlineId: string; prompt: PromptView; name: string }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const stop = () => {
    audio.current?.pause();
    if (audio.current) URL.revokeObjectURL(audio.current.src);
    audio.current = null;
    setPlaying(false);
  };
  useEffect(
    () => () => {
      audio.current?.pause();
    },
    [],
  );
  const play = useAction(async () => {
    const bytes = await rest.bytes(`/api/hotlines/${hotlineId}/prompts/${prompt.kind}/${prompt.language}/sound`);
    const made = new Audio(URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' })));
    made.addEventListener('ended', stop);
    audio.current = made;
    setPlaying(true);
    await made.play();
  });
  return (
    <>
      <Button
        kind="quiet"
        icon={playing ? <Square size={16} aria-hidden /> : <Play size={16} aria-hidden />}
        isPending={play.busy && !playing}
        onPress={() => (playing ? stop() : play.run())}
      >
        {t(playing ? 'prompts.stop' : 'prompts.play')}
        <span className="only-read"> {name}</span>
      </Button>
      {play.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {play.failure}
        </Notice>
      )}
    </>
  );
}
