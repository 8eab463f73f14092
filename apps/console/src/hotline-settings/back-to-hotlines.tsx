import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';

export function BackToHotlines() {
  const { t } = useTranslation();
  return (
    <Link to="/hotlines" className="row">
      <ArrowLeft size={16} aria-hidden />
      {t('nav.hotlines')}
    </Link>
  );
}
