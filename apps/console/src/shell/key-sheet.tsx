import { Dialog } from '@ringdown/ui/dialog';
import { Switch } from '@ringdown/ui/choice';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useServices } from '../services.tsx';
import { ACTION_IDS, ACTIONS, keyLabel } from './actions.ts';

/** All keys on one sheet, and the switch for those that work without Ctrl. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { singleKeys } = useFollowed(preferences);
  return (
    <Dialog title={t('help.title')} closeWord={t('close')} open onClose={onClose}>
      <div className="stack">
        <p className="quiet">{t('help.lead')}</p>
        <dl className="keys">
          {ACTION_IDS.map((id) => (
            <Fragment key={id}>
              <dt>
                {ACTIONS[id].keys.map((key) => (
                  <kbd key={key}>{keyLabel(key)}</kbd>
                ))}
              </dt>
              <dd>{t(`action.${id}`)}</dd>
            </Fragment>
          ))}
        </dl>
        <Switch
          label={t('help.single-keys')}
          on={singleKeys}
          onChange={(on) => preferences.change({ singleKeys: on })}
        />
      </div>
    </Dialog>
  );
}
