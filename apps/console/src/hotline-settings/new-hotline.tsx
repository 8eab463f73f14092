import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Card } from '@ringdown/ui/card';
import { useTranslation } from 'react-i18next';
import { useServices, useWork } from '../services.tsx';
import { BackToHotlines } from './back-to-hotlines.tsx';
import { createHotline, type HotlineWish } from './create-hotline.ts';
import { HotlineForm } from './hotline-form.tsx';
import '../home/home.css';

/** A further hotline. Its number, greeting and plans are set on the page that follows. */
export function NewHotline() {
  const { t } = useTranslation();
  const { rest } = useServices();
  const { account } = useWork();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const create = async (wish: HotlineWish) => {
    const { hotlineId } = await createHotline(rest, account.signer, wish);
    await queries.invalidateQueries({ queryKey: ['hotlines'] });
    await navigate({ to: '/hotlines/$hotlineId', params: { hotlineId } });
  };
  return (
    <div className="page">
      <BackToHotlines />
      <div className="page-head">
        <h1>{t('hotline.add')}</h1>
      </div>
      <p className="quiet">{t('hotline.add-lead')}</p>
      <Card padded>
        <HotlineForm create={create} />
      </Card>
    </div>
  );
}
