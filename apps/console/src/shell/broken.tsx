import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** What Chromium, Firefox and Safari say when a file of the console isn't there any more, or couldn't be fetched. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed|Unable to preload/i;

/** In the place of a page that could not be drawn. The router has tried a missing file once more by itself before. */
export function Broken({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  const missing = error instanceof Error && NOT_LOADED.test(error.message);
  return (
    <div className="page">
      <h1>{t(missing ? 'broken.missing-title' : 'broken.title')}</h1>
      <Notice
        tone="warning"
        live="alert"
        action={
          <Button icon={<RotateCcw size={16} aria-hidden />} onPress={() => location.reload()}>
            {t('broken.reload')}
          </Button>
        }
      >
        {t(missing ? 'broken.missing' : 'broken.text')}
      </Notice>
    </div>
  );
}
