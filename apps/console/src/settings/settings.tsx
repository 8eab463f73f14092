import { Card } from '@ringdown/ui/card';
import { Segments, Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '../catalogue/language-choice.tsx';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { DialInCard } from './dial-in.tsx';
import { OwnPhoneCard } from './own-phone.tsx';

/** How the console looks, speaks and listens for this person in this browser. */
export function Settings() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.settings')}</h1>
      </div>
      <LanguageCard />
      <OwnPhoneCard />
      <DialInCard />
      <ThemeChoice />
      <QueueChoice />
      <TemplateFields />
      <KeyChoice />
    </div>
  );
}

function LanguageCard() {
  const { t } = useTranslation();
  const { operatorId } = useWork().account.me;
  return (
    <Card title={t('language.title')} padded>
      <div className="stack-close">
        <LanguageChoice operatorId={operatorId} />
        <p className="quiet small">{t('language.gaps')}</p>
      </div>
    </Card>
  );
}

const QUEUE_VIEWS = ['unified', 'split'] as const;

function QueueChoice() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { queueView } = useFollowed(preferences);
  return (
    <Card title={t('queue-view.title')} padded>
      <Segments
        label={t('queue-view.title')}
        value={queueView}
        onChange={(chosen) => preferences.change({ queueView: chosen })}
        choices={QUEUE_VIEWS.map((id) => ({ id, name: t(`queue-view.${id}`) }))}
      />
    </Card>
  );
}

/** Kept in this browser only: they may say what a hotline is about. */
function TemplateFields() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { noteTemplates } = useFollowed(preferences);
  const change = (index: number, text: string) =>
    preferences.change({
      noteTemplates: [0, 1, 2].map((each) => (each === index ? text : (noteTemplates[each] ?? ''))),
    });
  return (
    <Card title={t('templates.title')} padded>
      <div className="stack">
        <p className="quiet">{t('templates.text')}</p>
        {[0, 1, 2].map((index) => (
          <Field
            key={index}
            label={t('templates.label', { number: index + 1 })}
            rows={2}
            maxLength={2_000}
            value={noteTemplates[index] ?? ''}
            onChange={(text) => change(index, text)}
          />
        ))}
      </div>
    </Card>
  );
}

function KeyChoice() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { singleKeys } = useFollowed(preferences);
  return (
    <Card title={t('help.title')} padded>
      <Switch label={t('help.single-keys')} on={singleKeys} onChange={(on) => preferences.change({ singleKeys: on })} />
    </Card>
  );
}

function ThemeChoice() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { theme } = useFollowed(preferences);
  return (
    <Card title={t('theme.title')} padded>
      <Segments
        label={t('theme.title')}
        value={theme}
        onChange={(chosen) => preferences.change({ theme: chosen })}
        choices={(['system', 'light', 'dark'] as const).map((id) => ({ id, name: t(`theme.${id}`) }))}
      />
    </Card>
  );
}
