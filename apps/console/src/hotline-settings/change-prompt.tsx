import { kindOf, NUMBER_PLACE } from '@ringdown/protocol/prompt-kinds';
import { HotlinePrompts, type PromptView } from '@ringdown/protocol/prompts';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Choices } from '@ringdown/ui/choice';
import { Dialog } from '@ringdown/ui/dialog';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Undo2, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { languageName } from '../shell/time-words.ts';
import { useAction } from '../shell/use-action.ts';
import { Recorder } from './recorder.tsx';
import { wavOfFile } from './wav-recorder.ts';

type How = 'words' | 'recording';

interface ChangePromptProps {
  readonly hotlineId: string;
  readonly prompt: PromptView;
  readonly voice: { readonly installed: boolean; readonly speaks: boolean };
  readonly language: string;
  readonly onClose: () => void;
}

/** Own words, a recording, or back to what is built in. */
export function ChangePrompt({ hotlineId, prompt, voice, language, onClose }: ChangePromptProps) {
  const { t } = useTranslation();
  const { kind, state, key } = prompt;
  const { music, number, carrier } = kindOf(kind);
  const canBeTyped = !music;
  const canBeRecorded = carrier !== 'always' && (number === undefined || number === 'key');
  const [how, setHow] = useState<How>(canBeTyped && (state !== 'recording' || !canBeRecorded) ? 'words' : 'recording');
  const [words, setWords] = useState(prompt.words ?? '');
  const [wav, setWav] = useState<Uint8Array<ArrayBuffer> | null>(null);
  const save = useSaved(hotlineId, prompt, onClose);
  const isOwn = state !== 'built-in' && state !== 'missing';
  const ready = how === 'words' ? words.trim() !== '' : wav !== null;
  const name = t(`prompts.kind.${kind}`);
  return (
    <Dialog title={music ? name : `${name} · ${languageName(language)}`} closeWord={t('close')} open onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.run(how === 'words' ? { words: words.trim() } : { wav });
        }}
      >
        <p className="quiet">{t(`prompts.heard.${kind}`)}</p>
        {canBeTyped && canBeRecorded ? (
          <Choices
            label={t('prompts.how')}
            value={how}
            onChange={setHow}
            choices={[
              { id: 'words', name: t('prompts.words'), detail: t('prompts.words-detail') },
              { id: 'recording', name: t('prompts.recording'), detail: t('prompts.recording-detail') },
            ]}
          />
        ) : null}
        {how === 'words' ? (
          <>
            <VoiceNotice needed={carrier !== 'always'} voice={voice} language={language} />
            <Field
              label={t('prompts.words-field')}
              hint={number === undefined ? undefined : t('prompts.number-hint', { place: NUMBER_PLACE })}
              rows={4}
              maxLength={600}
              value={words}
              onChange={setWords}
            />
          </>
        ) : (
          <>
            {key === null ? null : <p>{t('prompts.say-key', { key })}</p>}
            {music ? null : <Recorder recorded={wav} onRecorded={setWav} />}
            <SoundFile isMusic={music === true} onRead={setWav} />
          </>
        )}
        {carrier === undefined ? null : <p className="quiet small">{t(`prompts.carrier-${carrier}`)}</p>}
        {save.failure === undefined ? null : (
          <Notice tone="danger" live="alert">
            {save.failure}
          </Notice>
        )}
        <div className="row">
          <Button type="submit" kind="primary" isDisabled={!ready} isPending={save.busy}>
            {t('save')}
          </Button>
          {isOwn ? (
            <Button kind="quiet" icon={<Undo2 size={16} aria-hidden />} onPress={() => save.run('back')}>
              {t('prompts.back')}
            </Button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

function useSaved(hotlineId: string, { kind, language }: PromptView, onDone: () => void) {
  const { rest } = useServices();
  const queries = useQueryClient();
  return useAction(async (own: { words: string } | { wav: Uint8Array<ArrayBuffer> | null } | 'back') => {
    const path = `/api/hotlines/${hotlineId}/prompts/${kind}/${language}`;
    const saved = await rest.ask(
      HotlinePrompts,
      path,
      own === 'back'
        ? { method: 'DELETE' }
        : 'words' in own
          ? { method: 'PUT', json: own, timeoutMs: 60_000 }
          : { method: 'PUT', bytes: { type: 'audio/wav', body: new Blob([own.wav ?? new Uint8Array()]) } },
    );
    queries.setQueryData(['hotlines', hotlineId, 'prompts'], saved);
    // The greeting of the hotline's own language is one of its settings, too.
    if (kind === 'greeting') await queries.invalidateQueries({ queryKey: ['hotlines'] });
    onDone();
  });
}

interface VoiceNoticeProps {
  readonly needed: boolean;
  readonly voice: ChangePromptProps['voice'];
  readonly language: string;
}

function VoiceNotice({ needed, voice, language }: VoiceNoticeProps) {
  const { t } = useTranslation();
  if (!needed || voice.speaks) return null;
  return (
    <Notice tone="warning">
      {voice.installed ? t('prompts.voice-lacks', { name: languageName(language) }) : t('prompts.no-voice')}
    </Notice>
  );
}

function SoundFile({ isMusic, onRead }: { isMusic: boolean; onRead: (wav: Uint8Array<ArrayBuffer>) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState<string>();
  const [refused, setRefused] = useState(false);
  const read = async (file: File) => {
    setRefused(false);
    try {
      onRead(await wavOfFile(file, isMusic ? 'two minutes' : 'minute'));
      setName(file.name);
    } catch {
      // The browser can't play it: the words below say so.
      setRefused(true);
    }
  };
  return (
    <div className="row">
      <Button icon={<Upload size={16} aria-hidden />} onPress={() => input.current?.click()}>
        {t('prompts.file')}
      </Button>
      <input
        ref={input}
        type="file"
        accept="audio/*"
        hidden
        aria-label={t('prompts.file')}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void read(file);
          target.value = '';
        }}
      />
      <span role="status">{name ?? t(isMusic ? 'prompts.music-limit' : 'prompts.file-limit')}</span>
      {refused ? <Notice tone="danger">{t('prompts.file-refused')}</Notice> : null}
    </div>
  );
}
