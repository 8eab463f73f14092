import { Link } from '@tanstack/react-router';
import { buttonClass } from '@ringdown/ui/button';
import { useTranslation } from 'react-i18next';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <h1>{t('not-found.title')}</h1>
      <p className="quiet">{t('not-found.text')}</p>
      <div>
        <Link to="/" className={buttonClass('secondary')}>
          {t('not-found.home')}
        </Link>
      </div>
    </div>
  );
}
