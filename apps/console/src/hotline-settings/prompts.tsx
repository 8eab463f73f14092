import type { Hotline } from '@ringdown/protocol/http';
import { kindOf, NO_LANGUAGE, type PromptMoment } from '@ringdown/protocol/prompt-kinds';
import { HotlinePrompts, type PromptView } from '@ringdown/protocol/prompts';
import { useQuery } from '@tanstack/react-query';
import { Card, SkeletonRows } from '@ringdown/ui/card';
import { Segments } from '@ringdown/ui/choice';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { languageLabel } from '../shell/label-words.ts';
import { languageName } from '../shell/time-words.ts';
import { ChangePrompt } from './change-prompt.tsx';
import { PromptRow } from './prompt-row.tsx';
import './prompts.css';

const MOMENTS: readonly PromptMoment[] = [
  'arrival',
  'waiting',
  'call-back',
  'conversation',
  'voicemail',
  'ending',
  'other-phones',
];

/** More than these are a list, so that a phone's width holds them. */
const MOST_SEGMENTS = 3;

/** Q5: everything a phone hears that is not a person, by the moment when it is heard, in each language. */
export function Prompts({ hotline: { hotlineId } }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const prompts = useQuery({
    // Anew when the hotline's languages change.
    queryKey: ['hotlines', hotlineId, 'prompts'],
    queryFn: () => rest.ask(HotlinePrompts, `/api/hotlines/${hotlineId}/prompts`),
  });
  return (
    <Card title={t('prompts.title')} padded>
      {prompts.isPending ? <SkeletonRows label={t('list.loading')} /> : null}
      {prompts.isError ? <Notice tone="warning">{failureWords(prompts.error, t)}</Notice> : null}
      {prompts.data ? <Languages hotlineId={hotlineId} prompts={prompts.data} /> : null}
    </Card>
  );
}

function Languages({ hotlineId, prompts }: { hotlineId: string; prompts: HotlinePrompts }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string>();
  const [changed, setChanged] = useState<PromptView>();
  const { languages } = prompts;
  const language = languages.find((each) => each.language === chosen) ?? languages[0];
  if (!language) return null;
  const names = languages.map(({ language: id }) => ({ id: id as string, name: languageLabel(id) }));
  const choice = { label: t('prompts.language'), value: language.language as string, onChange: setChosen };
  const shown = prompts.prompts.filter((each) => [language.language, NO_LANGUAGE].includes(each.language));
  return (
    <div className="stack">
      <p className="quiet">{t('prompts.lead')}</p>
      {names.length === 1 ? null : names.length > MOST_SEGMENTS ? (
        <Select {...choice} choices={names} />
      ) : (
        <div>
          <Segments {...choice} choices={names} />
        </div>
      )}
      <Missing language={language} shown={shown} />
      {MOMENTS.map((moment) => {
        const rows = shown.filter(({ kind }) => kindOf(kind).moment === moment);
        return (
          <div key={moment}>
            <h3 className="prompts-moment">{t(`prompts.moment.${moment}`)}</h3>
            <ul>
              {rows.map((prompt) => (
                <li key={`${prompt.kind} ${prompt.language}`}>
                  <PromptRow
                    hotlineId={hotlineId}
                    prompt={prompt}
                    language={language.language}
                    onChange={() => setChanged(prompt)}
                  />
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {changed ? (
        <ChangePrompt
          hotlineId={hotlineId}
          prompt={changed}
          voice={{ installed: prompts.voiceInstalled, speaks: language.canBeSpoken }}
          language={language.language}
          onClose={() => setChanged(undefined)}
        />
      ) : null}
    </div>
  );
}

interface MissingProps {
  readonly language: HotlinePrompts['languages'][number];
  readonly shown: readonly PromptView[];
}

/** What callers of a language hear in another one, and how to mend it. */
function Missing({ language: { language, builtIn, offered, canBeSpoken }, shown }: MissingProps) {
  const { t } = useTranslation();
  const missing = shown.filter(({ state }) => state === 'missing');
  if (offered && missing.length === 0) return null;
  const name = languageName(language);
  const heardIn = missing.find((each) => each.heardIn !== null)?.heardIn;
  return (
    <Notice tone="warning" title={builtIn ? t('prompts.look', { name }) : t('prompts.none-built-in', { name })}>
      {offered ? null : <p>{t('prompts.not-offered', { name })}</p>}
      {heardIn == null ? null : <p>{t('prompts.heard-in', { name, other: languageName(heardIn) })}</p>}
      {missing.length > 0 ? (
        <details>
          <summary>{t('prompts.missing', { count: missing.length })}</summary>
          <ul className="prompts-missing">
            {missing.map(({ kind }) => (
              <li key={kind}>{t(`prompts.kind.${kind}`)}</li>
            ))}
          </ul>
        </details>
      ) : null}
      {missing.length > 0 ? <p>{t(canBeSpoken ? 'prompts.type-or-record' : 'prompts.record-them', { name })}</p> : null}
    </Notice>
  );
}
