import { LanguageTag } from '@ringdown/protocol/ids';
import { builtInLanguages } from '@ringdown/protocol/prompt-kinds';
import { Combo, Select } from '@ringdown/ui/select';
import { useTranslation } from 'react-i18next';
import { languageLabel } from '../shell/label-words.ts';
import { zoneName } from '../shell/time-words.ts';

/** The languages that the gateway's prompts exist in. */
export const SPOKEN = builtInLanguages.map((language) => LanguageTag.parse(language));
/** For these a hotline brings its own words. */
export const OTHER_LANGUAGES = (
  'am ar bn bg ca cs da de el fa fi fr gu ha he hi hr hu hy id it ja ka km ko ku lt lv ml mr ms my ne nl no pa pl ps pt ro ru ' +
  'si sk sl so sq sr sv sw ta te th ti tl tr uk ur uz vi yo zh'
)
  .split(' ')
  .map((language) => LanguageTag.parse(language));

/** By their names in the language of the console. */
export const byName = (languages: readonly string[]) =>
  languages.map((id) => ({ id, name: languageLabel(id) })).toSorted((one, other) => one.name.localeCompare(other.name));

interface LanguageFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Also languages without built-in words. */
  readonly all?: boolean;
}

export function LanguageField({ value, onChange, all = false }: LanguageFieldProps) {
  const { t } = useTranslation();
  const spoken = [...new Set([...SPOKEN, value])];
  return (
    <Select
      label={t('hotline.language')}
      hint={t('hotline.language-hint')}
      value={value}
      onChange={onChange}
      choices={all ? byName([...new Set([...spoken, ...OTHER_LANGUAGES])]) : byName(spoken)}
    />
  );
}

export const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function TimeZoneField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const zones = [...new Set([value, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  return (
    <Combo
      label={t('hotline.time-zone')}
      hint={t('hotline.time-zone-hint')}
      value={value}
      onChange={onChange}
      choices={zones.map((id) => ({ id, name: zoneName(id) }))}
    />
  );
}
