import { Card } from '@ringdown/ui/card';
import { createHotline, type HotlineWish } from '../hotline-settings/create-hotline.ts';
import { HotlineForm } from '../hotline-settings/hotline-form.tsx';
import { useFollowed, useServices } from '../services.tsx';
import { signFirstRoster } from './set-up.ts';

export function HotlineStep() {
  const services = useServices();
  const { account, firstRun, rest } = services;
  const state = useFollowed(account);
  const create = async (wish: HotlineWish) => {
    if (state.step !== 'open') return;
    firstRun.go('number');
    if (!state.me.inRoster) await signFirstRoster(services, state.signer);
    await createHotline(rest, state.signer, wish);
    await account.refresh();
  };
  return (
    <Card padded>
      <HotlineForm create={create} />
    </Card>
  );
}
