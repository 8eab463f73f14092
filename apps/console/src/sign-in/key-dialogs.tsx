import { toNpub } from '@ringdown/crypto/local-key';
import { Button } from '@ringdown/ui/button';
import { Dialog } from '@ringdown/ui/dialog';
import { Notice } from '@ringdown/ui/notice';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices, useWork } from '../services.tsx';
import { CopyLine } from '../shell/copy-line.tsx';
import { useAction } from '../shell/use-action.ts';

interface Opened {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** The public half to hand out, and the secret half to keep safe. */
export function KeyDialog({ open, onClose }: Opened) {
  const { t } = useTranslation();
  const { me, keyKind } = useWork().account;
  return (
    <Dialog title={t('key.label')} closeWord={t('close')} open={open} onClose={onClose}>
      <div className="stack">
        <section className="stack-close">
          <h3>{t('key.public')}</h3>
          <p className="quiet">{t('key.public-text')}</p>
          <CopyLine text={toNpub(me.publicKey)} />
        </section>
        <section className="stack-close">
          <h3>{t('key.back-up')}</h3>
          {keyKind === 'extension' ? <p className="quiet">{t('key.back-up-extension')}</p> : <BackUp />}
        </section>
      </div>
    </Dialog>
  );
}

/** Shown only when asked for: somebody may stand behind. */
function BackUp() {
  const { t } = useTranslation();
  const { account } = useServices();
  const sealed = useWork().account.keyKind === 'sealed';
  const [text, setText] = useState<string | null>(null);
  const show = useAction(async () => setText((await account.backUp())?.text ?? null));
  return (
    <>
      <p className="quiet">{t('key.back-up-text')}</p>
      <Notice
        tone={sealed ? 'plain' : 'warning'}
        title={t(sealed ? 'key.back-up-sealed-title' : 'key.back-up-open-title')}
      >
        {t(sealed ? 'key.back-up-sealed' : 'key.back-up-open')}
      </Notice>
      {text === null ? (
        <div>
          <Button isPending={show.busy} onPress={() => show.run()}>
            {t('key.back-up-show')}
          </Button>
        </div>
      ) : (
        <CopyLine text={text} />
      )}
    </>
  );
}

/** A7: asks once, because nothing brings the key back. */
export function WipeDialog({ open, onClose }: Opened) {
  const { t } = useTranslation();
  const { account } = useServices();
  const { keyKind } = useWork().account;
  const wipe = useAction(async () => {
    await account.wipe();
    // What was opened in this page's memory goes with the page.
    location.replace('/');
  });
  return (
    <Dialog title={t('wipe.title')} closeWord={t('close')} open={open} onClose={onClose}>
      <div className="stack">
        <p>{t('wipe.text')}</p>
        {keyKind === 'extension' ? null : <Notice tone="danger">{t('wipe.no-way-back')}</Notice>}
        <Button kind="danger" isPending={wipe.busy} onPress={() => wipe.run()}>
          {t('wipe.do')}
        </Button>
      </div>
    </Dialog>
  );
}
