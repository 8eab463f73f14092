import { Hotline, PromptCreated, type Greeting } from '@ringdown/protocol/http';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@ringdown/ui/button';
import { Choices } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { Recorder } from './recorder.tsx';

interface GreetingFormProps {
  readonly hotline: Hotline;
  readonly saveWord: string;
  /** A step of the set-up: saving is what goes on. */
  readonly step?: boolean;
  readonly onDone: () => void;
}

/** What a caller hears first: the standard words, own words spoken by the carrier, or a recording. */
export function GreetingForm({ hotline, saveWord, step = false, onDone }: GreetingFormProps) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const queries = useQueryClient();
  const [kind, setKind] = useState<Greeting['kind']>(hotline.greeting.kind);
  const [text, setText] = useState(hotline.greeting.kind === 'text' ? hotline.greeting.text : '');
  const [recorded, setRecorded] = useState<Uint8Array<ArrayBuffer> | null>(null);
  const { hotlineId } = hotline;
  const kept = hotline.greeting.kind === 'recording' ? hotline.greeting : null;
  const greeting = async (): Promise<Greeting> => {
    if (kind === 'standard') return { kind };
    if (kind === 'text') return { kind, text };
    if (!recorded && kept) return kept;
    const bytes = { type: 'audio/wav', body: new Blob([recorded ?? new Uint8Array()]) };
    const path = `/api/hotlines/${hotlineId}/prompts`;
    const { promptId } = await rest.ask(PromptCreated, path, { method: 'POST', bytes });
    return { kind: 'recording', promptId };
  };
  const save = useAction(async () => {
    await rest.ask(Hotline, `/api/hotlines/${hotlineId}`, { method: 'PATCH', json: { greeting: await greeting() } });
    await queries.invalidateQueries({ queryKey: ['hotlines'] });
    onDone();
  });
  const ready = kind === 'standard' || (kind === 'text' ? text.trim() !== '' : recorded !== null || kept !== null);
  return (
    <div className="stack">
      <Choices
        label={t('greeting.label')}
        value={kind}
        onChange={setKind}
        choices={[
          { id: 'standard', name: t('greeting.standard'), detail: t('greeting.standard-detail') },
          { id: 'text', name: t('greeting.text'), detail: t('greeting.text-detail') },
          { id: 'recording', name: t('greeting.recording'), detail: t('greeting.recording-detail') },
        ]}
      />
      {kind === 'text' ? (
        <Field
          label={t('greeting.words')}
          hint={t('greeting.words-hint')}
          rows={4}
          maxLength={600}
          value={text}
          onChange={setText}
        />
      ) : null}
      {kind === 'recording' ? <Recorder recorded={recorded} onRecorded={setRecorded} /> : null}
      {save.failure === undefined ? null : (
        <Notice tone="danger" live="alert">
          {save.failure}
        </Notice>
      )}
      <div>
        <Button
          kind={step ? 'primary' : 'secondary'}
          size={step ? 'large' : 'usual'}
          isDisabled={!ready}
          isPending={save.busy}
          onPress={() => save.run()}
        >
          {saveWord}
        </Button>
      </div>
    </div>
  );
}
