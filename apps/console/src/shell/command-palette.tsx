import { Dialog } from '@ringdown/ui/dialog';
import { Palette } from '@ringdown/ui/palette';
import { useTranslation } from 'react-i18next';
import { keyLabel } from './actions.ts';
import type { CommandGroup } from './command-registry.ts';
import { useOffered, useRegistry } from './commands.tsx';

const GROUPS: readonly CommandGroup[] = ['call', 'state', 'note', 'go', 'console'];

/** All that is possible now, by its name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const registry = useRegistry();
  const offered = useOffered();
  const groups = GROUPS.map((id) => ({
    id,
    name: t(`palette.group.${id}`),
    items: offered
      .filter(({ group }) => group === id)
      .map(({ id, name, icon, keys }) => ({
        id,
        name,
        icon,
        ...(keys?.[0] === undefined ? {} : { shortcut: keyLabel(keys[0]) }),
      })),
  }));
  return (
    <Dialog title={t('palette.title')} closeWord={t('close')} open onClose={onClose}>
      <Palette
        label={t('palette.title')}
        groups={groups}
        empty={t('palette.empty')}
        onChoose={(id) => {
          onClose();
          registry.act(id);
        }}
      />
    </Dialog>
  );
}
