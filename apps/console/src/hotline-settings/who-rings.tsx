import { DistributionStrategy, LanguageRule, SkillName } from '@ringdown/protocol/distribution';
import { type Hotline, HotlineSettings } from '@ringdown/protocol/http';
import { Card } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Select } from '@ringdown/ui/select';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SaveLine, useSave } from './save-line.tsx';

const NUMBERS = ['ageEveryS', 'ageSteps', 'languageRelaxS'] as const;
/** Seconds, for a skill that is named anew. */
const USUAL_PATIENCE = '60';
const seconds = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));

/** Who of those who can take a call is rung, and how long callers wait for somebody who suits them (Q1, Q2, Q12). */
export function WhoRings({ hotline }: { hotline: Hotline }) {
  const { t } = useTranslation();
  const { settings } = hotline;
  const save = useSave(hotline);
  const [strategy, setStrategy] = useState(settings.strategy);
  const [languageRule, setLanguageRule] = useState(settings.languageRule);
  const [numbers, setNumbers] = useState(() => Object.fromEntries(NUMBERS.map((key) => [key, String(settings[key])])));
  const [skills, setSkills] = useState(settings.skills.map(({ skill }) => skill).join(', '));
  // By the skill's name; empty means never without it.
  const [patience, setPatience] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(settings.skills.map(({ skill, relaxAfterS }) => [skill, String(relaxAfterS ?? '')])),
  );
  const patienceFor = (skill: string): string => patience[skill] ?? USUAL_PATIENCE;
  const named = [
    ...new Set(
      skills
        .split(',')
        .map((skill) => skill.trim())
        .filter((skill) => skill !== ''),
    ),
  ];
  const wish = HotlineSettings.safeParse({
    ...settings,
    strategy,
    languageRule,
    ...Object.fromEntries(NUMBERS.map((key) => [key, seconds(numbers[key] ?? '')])),
    skills: named.map((skill) => ({
      skill,
      relaxAfterS: patienceFor(skill).trim() === '' ? null : Number(patienceFor(skill)),
    })),
  });
  const issues = wish.success ? [] : wish.error.issues.map(({ path }) => path);
  const wrong = (key: string, last?: string): string | undefined =>
    issues.some((path) => path[0] === key && (last === undefined || path.at(-1) === last))
      ? t('rules.out-of-range')
      : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wish.success) return;
    const { ageEveryS, ageSteps, languageRelaxS } = wish.data;
    save.run({ settings: { strategy, languageRule, ageEveryS, ageSteps, languageRelaxS, skills: wish.data.skills } });
  };
  const field = (key: (typeof NUMBERS)[number]) => (
    <Field
      key={key}
      label={t(`who-rings.${key}`)}
      hint={key === 'ageSteps' ? t('who-rings.ageSteps-hint') : undefined}
      inputMode="numeric"
      value={numbers[key] ?? ''}
      onChange={(value) => setNumbers({ ...numbers, [key]: value })}
      error={wrong(key)}
    />
  );
  return (
    <Card title={t('who-rings.title')} padded>
      <form className="stack" onSubmit={submit}>
        <Select
          label={t('who-rings.strategy')}
          hint={t(`who-rings.about-${strategy}`)}
          value={strategy}
          onChange={setStrategy}
          choices={DistributionStrategy.options.map((id) => ({ id, name: t(`who-rings.${id}`) }))}
        />
        <Select
          label={t('who-rings.languageRule')}
          value={languageRule}
          onChange={setLanguageRule}
          choices={LanguageRule.options.map((id) => ({ id, name: t(`who-rings.language-${id}`) }))}
        />
        {languageRule === 'preferred' ? field('languageRelaxS') : null}
        <Field
          label={t('who-rings.skills')}
          hint={t('who-rings.skills-hint')}
          value={skills}
          onChange={setSkills}
          maxLength={400}
          error={
            named.every((skill) => SkillName.safeParse(skill).success)
              ? wrong('skills', 'skill')
              : t('rules.out-of-range')
          }
        />
        {named.map((skill, n) => (
          <Field
            key={skill}
            label={t('who-rings.patience', { skill })}
            hint={n === 0 ? t('who-rings.patience-hint') : undefined}
            inputMode="numeric"
            value={patienceFor(skill)}
            onChange={(value) => setPatience({ ...patience, [skill]: value })}
            error={
              issues.some((path) => path[0] === 'skills' && path[1] === n && path.at(-1) === 'relaxAfterS')
                ? t('rules.out-of-range')
                : undefined
            }
          />
        ))}
        {field('ageEveryS')}
        {field('ageSteps')}
        <SaveLine save={save} ready={wish.success} />
      </form>
    </Card>
  );
}
