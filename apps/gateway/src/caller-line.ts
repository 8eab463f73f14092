import { Sound } from '@ringdown/audio/sound';
import type { CallerHears, GatewayDirective, PromptRef } from '@ringdown/protocol/gateway';
import type { CallId, LanguageTag } from '@ringdown/protocol/ids';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { CallBridge } from './call-bridge.ts';
import { Keypad } from './keypad.ts';
import type { StreamListener } from './media-stream.ts';
import type { PhoneStream } from './phone-stream.ts';
import { PhoneLine, type TakeMessage } from './phone-line.ts';
import type { Prompts } from './prompt-store.ts';
import type { NewReport } from './report-queue.ts';
import { VoicemailRecorder, type Recording } from './voicemail-recorder.ts';
import type { VoicemailDirective, VoicemailStore } from './voicemail-store.ts';

type Placeless<Report> = Report extends unknown ? Omit<Report, 'callId'> : never;
export type TellReport = (report: Placeless<NewReport>) => void;

export interface CallerLineParts {
  readonly callId: CallId;
  readonly prompts: Prompts;
  readonly voicemails: VoicemailStore;
  readonly bridge: CallBridge;
  readonly report: TellReport;
  /** The stream has come, or has ended. */
  readonly onChanged: () => void;
}

const CALLER = 'caller';
/** That keys are being kept is heard, and nothing else of it: ordinary callers are told of no code. */
const TONE: PromptRef = { kind: 'built-in', id: 'beep', language: 'en' as LanguageTag };

/** The caller's phone and the scene it hears. */
export class CallerLine {
  private readonly line: PhoneLine;
  private recorder: VoicemailRecorder | undefined;
  private recordedId: string | undefined;
  private hears: CallerHears | undefined;
  private revision = 0;
  private scene = '';
  private readonly keypad: Keypad;
  private latest: GatewayDirective | undefined;
  /** In the place of the scene: a code is being entered, or the phone is told that it was refused. */
  private overlay: 'code' | 'refusal' | undefined;
  private refusals: number | undefined;

  constructor(private readonly parts: CallerLineParts) {
    const { bridge, report } = parts;
    this.line = new PhoneLine(parts.prompts, {
      onStarted: (streamId) => {
        report({ type: 'stream-started', streamId });
        parts.onChanged();
      },
      onSound: (muLaw, timestampMs) => {
        if (this.recorder) this.recorder.push(muLaw);
        else bridge.fromPhone(CALLER, Sound.ofMuLaw(muLaw), performance.now(), timestampMs);
      },
      onDigit: (digit) => {
        this.recorder?.end('key');
        this.keypad.press(digit, performance.now());
      },
      onEnded: (cause) => {
        bridge.leave(CALLER);
        this.recorder?.end('hang-up');
        report({ type: 'stream-ended', cause });
        parts.onChanged();
      },
    });
    this.keypad = new Keypad({
      onKey: (digit) => report({ type: 'digit-received', digit }),
      onEntering: (what) => this.listenForKeys(what),
      onEntered: (what, keys) => report({ type: 'keys-entered', what, keys }),
      onGivenUp: () => this.resume(),
    });
  }

  get state(): PhoneLine['state'] {
    return this.line.state;
  }

  accept(streamId: string, socket: WebSocket, wire: Writable): TakeMessage | 'already-used' {
    return this.line.accept(streamId, socket, wire);
  }

  /** A caller without a carrier. */
  connect(streamId: string, create: (listener: StreamListener) => PhoneStream): void {
    this.line.connect(streamId, create);
  }

  playDigits(digits: string): void {
    this.line.sound.playDigits(digits);
  }

  tick(nowMs: number): void {
    this.keypad.tick(nowMs);
    this.line.tick(nowMs);
  }

  close(cause: 'directed' | 'shutting-down'): void {
    this.recorder?.end('hang-up');
    this.line.close(cause);
  }

  /** Before there is a stream nothing can be heard. Harmless when it is so already: what plays goes on. */
  follow(directive: GatewayDirective): void {
    const { callerHears, revision } = directive;
    const { stream, sound } = this.line;
    if (!stream) return;
    this.latest = directive;
    this.hears = callerHears;
    this.revision = revision;
    if (this.followCodeEntry(directive, stream)) return;
    const nowMs = performance.now();
    const scene = callerHears.kind === 'queue' ? 'queue' : JSON.stringify(callerHears);
    const keys = callerHears.kind === 'menu' ? (callerHears.keys ?? 'each') : 'each';
    const code = directive.codeEntry?.open === true && this.recordedId === undefined;
    this.keypad.enter(scene, { code, keys }, nowMs);
    if (scene === this.scene && callerHears.kind !== 'queue') return;
    if (scene !== this.scene) this.leaveScene();
    this.scene = scene;
    switch (callerHears.kind) {
      case 'queue':
        return sound.toQueue(callerHears, nowMs);
      case 'menu':
        return sound.toRepeated(callerHears.prompts, callerHears.repeatAfterMs);
      case 'bridge':
        stream.clear(nowMs);
        sound.toRoom();
        return this.parts.bridge.enter(CALLER, 'outside', (live) => this.line.hear(live));
      case 'hold':
        return sound.toMusic([]);
      case 'interrupted':
        return sound.toMusic(callerHears.prompts);
      case 'voicemail':
        return this.takeMessage(stream, callerHears);
      case 'farewell':
        return this.sayFarewell(stream, callerHears.prompts);
    }
  }

  /** True while something else than the scene is heard. */
  private followCodeEntry({ codeEntry }: GatewayDirective, stream: PhoneStream): boolean {
    const refusals = codeEntry?.refusals ?? 0;
    const isRefused = this.refusals !== undefined && refusals > this.refusals;
    this.refusals = refusals;
    if (codeEntry && isRefused) {
      this.keypad.forget(performance.now());
      this.overlay = 'refusal';
      this.scene = 'refusal';
      this.line.sound.toPrompts(codeEntry.refused, () => {
        stream.whenPlayed(performance.now(), () => {
          if (this.overlay === 'refusal') this.resume();
        });
      });
      return true;
    }
    if (this.overlay === 'code' && codeEntry?.open) return true;
    if (this.overlay === 'refusal' && codeEntry) return true;
    this.overlay = undefined;
    return false;
  }

  private listenForKeys(what: 'code' | 'number'): void {
    if (what === 'code') {
      this.leaveScene();
      this.overlay = 'code';
      this.scene = 'code';
    }
    this.line.sound.toPrompts(what === 'code' ? [TONE] : [], () => undefined);
  }

  /** The scene that the newest directive wants, from its beginning. */
  private resume(): void {
    this.overlay = undefined;
    this.scene = '';
    if (this.latest) this.follow(this.latest);
  }

  private leaveScene(): void {
    this.parts.bridge.leave(CALLER);
    this.recorder?.end('hang-up');
  }

  private sayFarewell(stream: PhoneStream, prompts: readonly PromptRef[]): void {
    const { scene, revision } = this;
    this.line.sound.toPrompts(prompts, () => {
      stream.whenPlayed(performance.now(), () => {
        if (scene === this.scene) this.parts.report({ type: 'prompts-finished', revision });
      });
    });
  }

  private takeMessage(stream: PhoneStream, voicemail: VoicemailDirective): void {
    if (this.recordedId === voicemail.voicemailId) return;
    const { scene } = this;
    this.line.sound.toPrompts(voicemail.greeting, () => {
      stream.whenPlayed(performance.now(), () => {
        if (scene !== this.scene || this.state !== 'open') return;
        this.recordedId = voicemail.voicemailId;
        this.recorder = new VoicemailRecorder(voicemail.maxDurationMs, (recording) => {
          this.recorder = undefined;
          void this.keepMessage(stream, voicemail, recording);
        });
      });
    });
  }

  private async keepMessage(
    stream: PhoneStream,
    voicemail: VoicemailDirective,
    recording: Recording | null,
  ): Promise<void> {
    const { report, voicemails, callId } = this.parts;
    const { voicemailId } = voicemail;
    if (!recording) return report({ type: 'voicemail-failed', voicemailId, reason: 'nothing-recorded' });
    const kept = await voicemails.keep(callId, voicemail, recording);
    if (kept === 'refused') return report({ type: 'voicemail-failed', voicemailId, reason: 'not-stored' });
    const { durationMs, endedBy } = recording;
    report({ type: 'voicemail-recorded', voicemailId, durationMs, endedBy });
    if (this.state === 'open' && this.hears?.kind === 'voicemail') this.sayFarewell(stream, voicemail.farewell);
  }
}
