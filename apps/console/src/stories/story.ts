import type { OperatorSnapshot } from '@ringdown/protocol/console';
import type { CallMediaSnapshot } from '../active-call/call-media.ts';
import type { FirstRunStep } from '../first-run/progress.ts';
import type { LineState } from '../server/live-line.ts';
import type { Answer } from './stand-ins.ts';

/** A screen in one state: what is drawn, and what the server would answer. */
export interface Story {
  readonly path?: string;
  readonly key?: 'open' | 'sealed' | 'none';
  readonly snapshot?: OperatorSnapshot | null;
  readonly link?: LineState['link'];
  readonly media?: CallMediaSnapshot;
  readonly progress?: FirstRunStep;
  readonly checked?: boolean;
  readonly queueView?: 'split';
  /** A key that opens something beside the call. */
  readonly press?: 't' | 'd';
  /** Whom it is then opened for. */
  readonly pick?: 'number' | 'later';
  readonly answers?: (publicKey: string) => Record<string, Answer>;
}
