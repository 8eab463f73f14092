import { type Hotline, HotlineSettings } from '@ringdown/protocol/http';
import { LanguageTag } from '@ringdown/protocol/ids';
import { Card } from '@ringdown/ui/card';
import { Switch } from '@ringdown/ui/choice';
import { Field } from '@ringdown/ui/field';
import { Select } from '@ringdown/ui/select';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { languageName } from '../shell/time-words.ts';
import { byName, OTHER_LANGUAGES, SPOKEN } from './place-fields.tsx';
import { SaveLine, useSave } from './save-line.tsx';

const toCountries = (text: string) =>
  text
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean);

/** What callers hear beside the greeting, and which outside numbers may be called. */
export function CallersHear({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const save = useSave(hotline);
  const { settings } = hotline;
  const [languages, setLanguages] = useState(settings.languages);
  const [emergencyAdvice, setEmergencyAdvice] = useState(settings.emergencyAdvice);
  const [callBack, setCallBack] = useState(settings.callBack);
  const [countries, setCountries] = useState(settings.outsideCountries.join(', '));
  const [leaveOutside, setLeaveOutside] = useState(settings.leaveOutside);
  const [minutes, setMinutes] = useState(String(settings.outsideMinutes));
  const wish = HotlineSettings.safeParse({
    ...settings,
    leaveOutside,
    outsideMinutes: Number(minutes),
    languages,
    emergencyAdvice,
    callBack,
    outsideCountries: toCountries(countries),
  });
  const wrong = (field: string): boolean => wish.error?.issues.some(({ path }) => path[0] === field) ?? false;
  const shown = [...new Set([...SPOKEN, ...settings.languages, ...languages])].filter((id) => id !== hotline.language);
  const others = OTHER_LANGUAGES.filter((id) => id !== hotline.language && !shown.includes(id));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wish.success) return;
    const { data } = wish;
    save.run({
      settings: {
        languages: data.languages,
        emergencyAdvice: data.emergencyAdvice,
        callBack: data.callBack,
        outsideCountries: data.outsideCountries,
        leaveOutside: data.leaveOutside,
        outsideMinutes: data.outsideMinutes,
      },
    });
  };
  return (
    <Card title={t('callers-hear.title')} padded>
      <form className="stack" onSubmit={submit}>
        {shown.map((id) => (
          <Switch
            key={id}
            label={t('callers-hear.offer-language', { language: languageName(id) })}
            on={languages.some((each) => each === id)}
            onChange={(on) => setLanguages(on ? [...languages, id] : languages.filter((each) => each !== id))}
          />
        ))}
        <Select
          label={t('callers-hear.another-language')}
          hint={t('callers-hear.another-language-hint')}
          value="none"
          onChange={(id) => setLanguages([...languages, LanguageTag.parse(id)])}
          choices={[{ id: 'none', name: t('callers-hear.add-language') }, ...byName(others)]}
        />
        <Switch label={t('callers-hear.call-back')} on={callBack} onChange={setCallBack} />
        <Switch label={t('callers-hear.emergency-advice')} on={emergencyAdvice} onChange={setEmergencyAdvice} />
        <Field
          label={t('callers-hear.countries')}
          hint={t('callers-hear.countries-hint')}
          value={countries}
          onChange={setCountries}
          error={wrong('outsideCountries') ? t('callers-hear.countries-wrong') : undefined}
        />
        <Switch label={t('callers-hear.leave-outside')} on={leaveOutside} onChange={setLeaveOutside} />
        {leaveOutside ? (
          <Field
            label={t('callers-hear.outside-minutes')}
            hint={t('callers-hear.outside-minutes-hint')}
            type="number"
            value={minutes}
            onChange={setMinutes}
            error={wrong('outsideMinutes') ? t('callers-hear.outside-minutes-wrong') : undefined}
          />
        ) : null}
        <SaveLine save={save} ready={wish.success} />
      </form>
    </Card>
  );
}
