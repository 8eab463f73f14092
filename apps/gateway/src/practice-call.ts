import type { GatewayDirective } from '@ringdown/protocol/gateway';
import type { CallerLine, TellReport } from './caller-line.ts';
import type { CallerVoice } from './caller-voice.ts';
import { ScriptedCaller, wordsOf } from './scripted-caller.ts';
import { ScriptedPhone } from './scripted-phone.ts';

export interface PracticeCallParts {
  readonly voice: CallerVoice;
  readonly line: () => CallerLine;
  readonly report: TellReport;
}

/** In the place of a carrier's stream: a scripted caller on the caller's line. */
export class PracticeCall {
  private caller: ScriptedCaller | undefined;
  private begun = false;
  private newest: GatewayDirective | undefined;

  constructor(private readonly parts: PracticeCallParts) {}

  /** Everything else of the directive the call follows as usual. */
  follow(directive: GatewayDirective): void {
    const { practice } = directive;
    if (!practice) return;
    this.newest = directive;
    if (!this.begun) {
      this.begun = true;
      void this.begin(practice);
    }
    this.caller?.order(directive.digits?.sequence ?? 0, practice.handOvers);
  }

  /** Every 20 ms. */
  tick(canBeHeard: boolean, nowMs: number): void {
    if (this.newest) this.caller?.follow(this.newest.callerHears.kind, canBeHeard, nowMs);
  }

  private async begin({ script }: NonNullable<GatewayDirective['practice']>): Promise<void> {
    const { report, line, voice } = this.parts;
    const sounds = await voice.speakAll(wordsOf(script), script.voice);
    if (!sounds) return report({ type: 'practice-failed', reason: 'no-voice' });
    if (line().state !== 'expected') return;
    line().connect('scripted', (listener) => {
      const phone = new ScriptedPhone(
        (this.caller = new ScriptedCaller({
          script,
          sounds,
          onTurn: ({ fromMs, toMs, ...turn }) =>
            report({ type: 'practice-turn', turn: { ...turn, from: instantOf(fromMs), to: instantOf(toMs) } }),
          onHangUp: () => {
            phone.close();
            listener.onEnded('carrier-stopped');
          },
        })),
        (muLaw, timestampMs) => listener.onAudio(muLaw, timestampMs),
        performance.now(),
      );
      return phone;
    });
    if (this.newest) this.follow(this.newest);
  }
}

/** From the clock of the ticks to that of the log. */
const instantOf = (ms: number): number => Math.round(Date.now() - performance.now() + ms);
