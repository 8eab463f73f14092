import { Segments } from '@ringdown/ui/choice';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices } from '../services.tsx';
import { INTERFACE_LANGUAGES, LANGUAGES, type InterfaceLanguage } from './translate.ts';

const CHOICES = INTERFACE_LANGUAGES.map((id) => ({ id, name: LANGUAGES[id].name, language: id }));

/** Each language by its own name: whoever needs the switch may not read the words around it. */
export function LanguageChoice({ operatorId }: { operatorId?: string }) {
  const { t, i18n } = useTranslation();
  const { preferences } = useServices();
  const { languageOf } = useFollowed(preferences);
  const choose = (language: InterfaceLanguage) =>
    preferences.change({
      language,
      ...(operatorId === undefined ? {} : { languageOf: { ...languageOf, [operatorId]: language } }),
    });
  const spoken = INTERFACE_LANGUAGES.find((id) => id === i18n.resolvedLanguage) ?? 'en';
  return <Segments label={t('language.title')} value={spoken} onChange={choose} choices={CHOICES} />;
}
