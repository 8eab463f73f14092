import type { PracticeMoment } from '@ringdown/call-flow/practice-result';
import type { TFunction } from 'i18next';

const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1_000));

export function momentWords(moment: PracticeMoment, t: TFunction): string {
  switch (moment.kind) {
    case 'caller-said':
      return t('practice.moment.caller-said', { words: moment.words });
    case 'you-spoke':
      return t('practice.moment.you-spoke', { count: seconds(moment.forMs) });
    case 'hold':
      return t(moment.on ? 'practice.moment.hold' : 'practice.moment.hold-over');
    case 'mute':
      return t(moment.on ? 'practice.moment.mute' : 'practice.moment.mute-over');
    case 'keypad':
      return t('practice.moment.keypad', { count: moment.digits });
    case 'rang':
    case 'answered':
    case 'heard-each-other':
    case 'hand-over-tried':
    case 'you-ended':
      return t(`practice.moment.${moment.kind}`);
  }
}
