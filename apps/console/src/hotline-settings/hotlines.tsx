import { type Hotline, HotlineSettings } from '@ringdown/protocol/http';
import { Link, useParams } from '@tanstack/react-router';
import { Button, buttonClass } from '@ringdown/ui/button';
import { Blank, Card } from '@ringdown/ui/card';
import { Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { Tag } from '@ringdown/ui/tag';
import { PhoneCall, Plus, SlidersHorizontal } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { IntakeBuilder } from '../notes/intake-builder.tsx';
import { useHotlines } from '../server/lists.ts';
import { useServices, useWork } from '../services.tsx';
import { Listed } from '../shell/listed.tsx';
import { useAction } from '../shell/use-action.ts';
import { BackToHotlines } from './back-to-hotlines.tsx';
import { CallersHear } from './callers-hear.tsx';
import { GreetingForm } from './greeting-form.tsx';
import { HoursField } from './hours-field.tsx';
import { LaddersForm } from './ladders-form.tsx';
import { NumberForm } from './number-form.tsx';
import { LanguageField, TimeZoneField } from './place-fields.tsx';
import { Prompts } from './prompts.tsx';
import { SaveLine, useSave } from './save-line.tsx';
import { WhoRings } from './who-rings.tsx';
import '../home/home.css';

export function Hotlines() {
  const { t } = useTranslation();
  const { account } = useWork();
  const hotlines = useHotlines();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.hotlines')}</h1>
        {account.me.role === 'owner' ? (
          <Link to="/hotlines/new" className={buttonClass('secondary')}>
            <Plus size={16} aria-hidden />
            {t('hotline.add')}
          </Link>
        ) : null}
      </div>
      <Card>
        <Listed
          query={hotlines}
          empty={
            <Blank icon={<SlidersHorizontal size={28} aria-hidden />} title={t('hotline.empty-title')}>
              {t('hotline.empty')}
            </Blank>
          }
        >
          {(items) => (
            <ul>
              {items.map((hotline) => (
                <li key={hotline.hotlineId}>
                  <Link to="/hotlines/$hotlineId" params={{ hotlineId: hotline.hotlineId }} className="list-row">
                    <span className="list-row-main">
                      <strong>{hotline.name}</strong>
                      <span className="quiet" style={{ display: 'block' }}>
                        {hotline.numbers.map(({ e164 }) => e164).join(', ') || t('hotline.no-number')}
                      </span>
                    </span>
                    <Tag tone={hotline.openNow ? 'live' : 'plain'}>
                      {t(hotline.openNow ? 'hotline.open' : 'hotline.closed')}
                    </Tag>
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </Card>
    </div>
  );
}

export function HotlinePage() {
  const { t } = useTranslation();
  const { hotlineId } = useParams({ from: '/hotlines/$hotlineId' });
  const hotlines = useHotlines();
  return (
    <div className="page">
      <BackToHotlines />
      <Listed query={hotlines} empty={<Notice tone="warning">{t('hotline.gone')}</Notice>}>
        {(items) => {
          const hotline = items.find((each) => each.hotlineId === hotlineId);
          return hotline ? (
            <OneHotline hotline={hotline} hotlines={items} />
          ) : (
            <Notice tone="warning">{t('hotline.gone')}</Notice>
          );
        }}
      </Listed>
    </div>
  );
}

function OneHotline({ hotline, hotlines }: { hotline: Hotline; hotlines: readonly Hotline[] }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState(false);
  return (
    <>
      <div className="page-head">
        <h1>{hotline.name}</h1>
        <Tag tone={hotline.openNow ? 'live' : 'plain'}>{t(hotline.openNow ? 'hotline.open' : 'hotline.closed')}</Tag>
      </div>
      <Numbers hotline={hotline} />
      <BasicsForm hotline={hotline} />
      <Card title={t('greeting.title')} padded>
        <GreetingForm hotline={hotline} saveWord={t('save')} onDone={() => setSaved(true)} />
        {saved ? <p role="status">{t('saved')}</p> : null}
      </Card>
      <WhoRings hotline={hotline} />
      <LaddersForm hotline={hotline} hotlines={hotlines} />
      <RulesForm hotline={hotline} />
      <CallersHear hotline={hotline} />
      <Prompts hotline={hotline} />
      <IntakeBuilder hotline={hotline} />
    </>
  );
}

function Numbers({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { setup } = useWork().account;
  const [adding, setAdding] = useState(false);
  const call = useAction(() => rest.tell(`/api/hotlines/${hotline.hotlineId}/test-call`, { method: 'POST' }));
  const simulated = hotline.numbers.some(({ carrier }) => carrier === 'simulator');
  return (
    <Card title={t('number.title')} padded>
      <div className="stack">
        {hotline.numbers.map(({ phoneNumberId, e164, carrier }) => (
          <p key={phoneNumberId} className="row">
            <span className="number">{e164}</span>
            <Tag>{t(`number.${carrier}`)}</Tag>
          </p>
        ))}
        <div className="row">
          {simulated ? (
            <Button icon={<PhoneCall size={16} aria-hidden />} isPending={call.busy} onPress={() => call.run()}>
              {t('test-call.make')}
            </Button>
          ) : null}
          {simulated && setup.simulatorUrl !== null ? (
            <a className={buttonClass('quiet')} href={setup.simulatorUrl} target="_blank" rel="noreferrer">
              {t('test-call.phones')}
            </a>
          ) : null}
          <Button kind="quiet" onPress={() => setAdding(!adding)}>
            {t('number.add')}
          </Button>
        </div>
        {call.failure === undefined ? null : <Notice tone="danger">{call.failure}</Notice>}
        {adding || hotline.numbers.length === 0 ? (
          <NumberForm hotline={hotline} onDone={() => setAdding(false)} />
        ) : null}
      </div>
    </Card>
  );
}

function BasicsForm({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const save = useSave(hotline);
  const [name, setName] = useState(hotline.name);
  const [language, setLanguage] = useState<string>(hotline.language);
  const [timeZone, setTimeZone] = useState(hotline.timeZone);
  const [hours, setHours] = useState(hotline.hours);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run({ name, language, timeZone, hours });
  };
  return (
    <Card title={t('hotline.basics')} padded>
      <form className="stack" onSubmit={submit}>
        <Field label={t('hotline.name')} value={name} onChange={setName} maxLength={80} required />
        <LanguageField value={language} onChange={setLanguage} all />
        <TimeZoneField value={timeZone} onChange={setTimeZone} />
        <HoursField value={hours} onChange={setHours} />
        <SaveLine save={save} ready={name.trim() !== ''} />
      </form>
    </Card>
  );
}

const NUMBERS = [
  'ringTimeoutS',
  'missesUntilPause',
  'maxWaitS',
  'nobodyWaitS',
  'announceEveryS',
  'wrapUpS',
  'queueLimit',
  'voicemailMaxS',
  'serviceLevelS',
  'serviceGoalPercent',
] as const;

function RulesForm({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const save = useSave(hotline);
  const [values, setValues] = useState(() =>
    Object.fromEntries(NUMBERS.map((key) => [key, String(hotline.settings[key])])),
  );
  const [settings, setSettings] = useState(hotline.settings);
  const wish = HotlineSettings.safeParse({
    ...settings,
    ...Object.fromEntries(NUMBERS.map((key) => [key, values[key] === '' ? Number.NaN : Number(values[key])])),
  });
  const wrong = new Set(wish.success ? [] : wish.error.issues.map(({ path }) => path[0]));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wish.success) return;
    // Only what this form shows: other settings may have been saved beside it meanwhile.
    const shown = new Set<string>([...NUMBERS, 'announceSupervision']);
    save.run({ settings: Object.fromEntries(Object.entries(wish.data).filter(([key]) => shown.has(key))) });
  };
  return (
    <Card title={t('rules.title')} padded>
      <form className="stack" onSubmit={submit}>
        {NUMBERS.map((key) => (
          <Field
            key={key}
            label={t(`rules.${key}`)}
            inputMode="numeric"
            value={values[key] ?? ''}
            onChange={(value) => setValues({ ...values, [key]: value })}
            error={wrong.has(key) ? t('rules.out-of-range') : undefined}
          />
        ))}
        <Switch
          label={t('rules.announceSupervision')}
          on={settings.announceSupervision}
          onChange={(announceSupervision) => setSettings({ ...settings, announceSupervision })}
        />
        <SaveLine save={save} ready={wish.success} />
      </form>
    </Card>
  );
}
