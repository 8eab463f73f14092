import { Sound } from '@ringdown/audio/sound';
import type { FurtherPhone } from '@ringdown/protocol/gateway';
import type { LegId } from '@ringdown/protocol/ids';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { CallBridge } from './call-bridge.ts';
import type { TellReport } from './caller-line.ts';
import { PhoneLine, type TakeMessage } from './phone-line.ts';
import type { Prompts } from './prompt-store.ts';

export interface FurtherPhonesParts {
  readonly prompts: Prompts;
  readonly bridge: CallBridge;
  readonly report: TellReport;
  /** A stream has come, or has ended. */
  readonly onChanged: () => void;
}

interface Phone {
  readonly line: PhoneLine;
  wanted: FurtherPhone;
  scene: string;
}

/** The phones beside the caller's: each with a stream and a fate of its own. */
export class FurtherPhones {
  private readonly phones = new Map<LegId, Phone>();

  constructor(private readonly parts: FurtherPhonesParts) {}

  /** Whether one of them has a stream. */
  get someoneIsThere(): boolean {
    return [...this.phones.values()].some(({ line }) => line.state === 'open');
  }

  /** Those who are not named any more are hung up on; one with another token is a new phone. */
  follow(wanted: readonly FurtherPhone[]): void {
    for (const [legId, { wanted: had, line }] of this.phones) {
      if (wanted.some((each) => each.legId === legId && each.streamToken === had.streamToken)) continue;
      this.phones.delete(legId);
      line.close('directed');
    }
    for (const each of wanted) {
      const phone = this.phones.get(each.legId) ?? this.create(each);
      phone.wanted = each;
      this.setScene(phone);
    }
  }

  /** To those outside: a caller who was called back is one of them. */
  playDigits(digits: string): void {
    for (const { line, wanted } of this.phones.values()) {
      if (wanted.side === 'outside' && wanted.hears.kind === 'bridge') line.sound.playDigits(digits);
    }
  }

  accept(
    token: string,
    carrierCallId: string,
    streamId: string,
    socket: WebSocket,
    wire: Writable,
  ): TakeMessage | 'unknown-call' | 'already-used' | 'other-call' {
    const phone = [...this.phones.values()].find(({ wanted }) => wanted.streamToken === token);
    if (!phone) return 'unknown-call';
    // A carrier may open the stream before the answer to our request has told us its id; the token is secret and good once.
    const known = phone.wanted.carrierCallId;
    if (known !== null && known !== carrierCallId) return 'other-call';
    return phone.line.accept(streamId, socket, wire);
  }

  tick(nowMs: number): void {
    for (const { line } of this.phones.values()) line.tick(nowMs);
  }

  close(cause: 'directed' | 'shutting-down'): void {
    for (const { line } of this.phones.values()) line.close(cause);
    this.phones.clear();
  }

  private create(wanted: FurtherPhone): Phone {
    const { legId } = wanted;
    const { bridge, report, onChanged } = this.parts;
    const line = new PhoneLine(this.parts.prompts, {
      onStarted: (streamId) => {
        report({ type: 'stream-started', streamId, legId });
        this.setScene(phone);
        onChanged();
      },
      onSound: (muLaw, timestampMs) => {
        bridge.fromPhone(legId, Sound.ofMuLaw(muLaw), performance.now(), timestampMs);
      },
      onDigit: (digit) => report({ type: 'digit-received', digit, legId }),
      onEnded: (cause) => {
        bridge.leave(legId);
        report({ type: 'stream-ended', cause, legId });
        onChanged();
      },
    });
    const phone: Phone = { line, wanted, scene: '' };
    this.phones.set(legId, phone);
    return phone;
  }

  private setScene(phone: Phone): void {
    const { line, wanted } = phone;
    const { hears, legId, side } = wanted;
    const { stream, sound } = line;
    const scene = JSON.stringify([side, hears]);
    if (!stream || scene === phone.scene) return;
    phone.scene = scene;
    this.parts.bridge.leave(legId);
    switch (hears.kind) {
      case 'bridge':
        stream.clear(performance.now());
        sound.toRoom();
        return this.parts.bridge.enter(legId, side, (live) => line.hear(live));
      case 'hold':
        return sound.toMusic([]);
      case 'prompts':
        return sound.toRepeated(hears.prompts, hears.repeatAfterMs);
    }
  }
}
