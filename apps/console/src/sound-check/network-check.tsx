import { SoundCheckRoom } from '@ringdown/protocol/sound-check';
import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Notice } from '@ringdown/ui/notice';
import { Wifi } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { useAction } from '../shell/use-action.ts';
import { verdictOf, worstOf, type NetworkFigures } from './network-verdict.ts';

type Result = { readonly figures: NetworkFigures } | { readonly unusable: 'server' | 'media' };

const TONES = { good: 'success', fair: 'warning', poor: 'danger' } as const;

/** Will my network carry a call: the same way as a call, there and back. */
export function NetworkCheck() {
  const { t } = useTranslation();
  const { rest } = useServices();
  const [result, setResult] = useState<Result | null>(null);
  const check = useAction(async () => {
    setResult(null);
    const room = await rest.ask(SoundCheckRoom, '/api/sound-check/room', { method: 'POST' });
    const { NetworkUnusable, probeNetwork } = await import('./network-probe.ts');
    try {
      setResult({ figures: await probeNetwork(room) });
    } catch (error) {
      if (!(error instanceof NetworkUnusable)) throw error;
      setResult({ unusable: error.part });
    }
  });
  return (
    <Card title={t('network.title')} padded>
      <div className="stack">
        <p>{t('network.text')}</p>
        {check.busy ? <p role="status">{t('network.busy')}</p> : null}
        {result ? <Verdict result={result} /> : null}
        {check.failure === undefined ? null : (
          <Notice tone="danger" live="alert">
            {check.failure}
          </Notice>
        )}
        <div>
          <Button icon={<Wifi size={16} aria-hidden />} isPending={check.busy} onPress={() => check.run()}>
            {t(result ? 'network.again' : 'network.test')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

export function Verdict({ result }: { result: Result }) {
  const { t } = useTranslation();
  if ('unusable' in result) {
    return (
      <Notice tone="danger" title={t(`network.no-${result.unusable}-title`)} live="alert">
        {t(`network.no-${result.unusable}`)}
      </Notice>
    );
  }
  const { figures } = result;
  const verdict = verdictOf(figures);
  return (
    <Notice tone={TONES[verdict]} title={t(`network.${verdict}`)} live="polite">
      {verdict === 'good' ? null : <p>{t(`network.advice-${worstOf(figures)}`)}</p>}
      <p className="quiet small">
        {t('network.figures', {
          roundTrip: Math.round(figures.roundTripMs),
          lost: Math.round(figures.lost * 1_000) / 10,
          jitter: Math.round(figures.jitterMs),
        })}
      </p>
    </Notice>
  );
}
