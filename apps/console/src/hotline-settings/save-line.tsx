import { Hotline, UpdateHotline } from '@ringdown/protocol/http';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';

export function useSave(hotline: Hotline) {
  const { rest } = useServices();
  const queries = useQueryClient();
  const [saved, setSaved] = useState(false);
  const action = useAction(async (change: Parameters<typeof UpdateHotline.parse>[0]) => {
    setSaved(false);
    await rest.ask(Hotline, `/api/hotlines/${hotline.hotlineId}`, {
      method: 'PATCH',
      json: UpdateHotline.parse(change),
    });
    await queries.invalidateQueries({ queryKey: ['hotlines'] });
    setSaved(true);
  });
  return { ...action, saved };
}

export function SaveLine({ save, ready }: { save: ReturnType<typeof useSave>; ready: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="row">
      <Button type="submit" isPending={save.busy} isDisabled={!ready}>
        {t('save')}
      </Button>
      <span role="status">{save.saved ? t('saved') : ''}</span>
      {save.failure === undefined ? null : <Notice tone="danger">{save.failure}</Notice>}
    </div>
  );
}
