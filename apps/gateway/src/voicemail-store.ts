import { base64ToBytes } from '@ringdown/crypto/bytes';
import { sealToVault, toSealedBytes } from '@ringdown/crypto/vault';
import type { CallerHears } from '@ringdown/protocol/gateway';
import type { CallId } from '@ringdown/protocol/ids';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Recording } from './voicemail-recorder.ts';

export type VoicemailDirective = Extract<CallerHears, { kind: 'voicemail' }>;

export interface VoicemailUpload {
  readonly callId: string;
  readonly voicemailId: string;
  readonly durationMs: number;
  readonly sealed: Uint8Array;
}

/** `refused` is final (the call is unknown); otherwise it is tried again. */
export type UploadVoicemail = (upload: VoicemailUpload) => Promise<'stored' | 'refused' | 'try-again'>;

const PAUSES_MS = [0, 500, 1000, 2000, 5000, 10_000, 30_000];
const NAME = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.(\d{1,9})\.sealed$/;

/**
 * Recordings on their way to the api. Sealed to the hotline's vault at once; only sealed bytes touch the disk, where they
 * outlive a restart of the gateway until the api has stored them.
 */
export class VoicemailStore {
  private readonly folder: string;
  private closed = false;

  constructor(
    dataFolder: string,
    private readonly upload: UploadVoicemail,
  ) {
    this.folder = path.join(dataFolder, 'voicemails');
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Resolves when it is stored, or refused for good. */
  async keep(callId: CallId, directive: VoicemailDirective, recording: Recording): Promise<'stored' | 'refused'> {
    const { voicemailId, hotlineId, vaultPublicKey, vaultVersion: version } = directive;
    const item = await sealToVault({ version, publicKey: base64ToBytes(vaultPublicKey) }, recording.muLaw, {
      hotlineId,
      purpose: 'voicemail',
      itemId: voicemailId,
    });
    const sealed = toSealedBytes(item);
    const { durationMs } = recording;
    const file = path.join(this.folder, `${callId}.${voicemailId}.${durationMs}.sealed`);
    writeFileSync(`${file}.new`, sealed, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return this.deliver(file, { callId, voicemailId, durationMs, sealed });
  }

  /** What an earlier process left behind. */
  resume(): void {
    for (const name of readdirSync(this.folder)) {
      const [, callId, voicemailId, durationMs] = NAME.exec(name) ?? [];
      if (callId === undefined || voicemailId === undefined) continue;
      const file = path.join(this.folder, name);
      void this.deliver(file, { callId, voicemailId, durationMs: Number(durationMs), sealed: readFileSync(file) });
    }
  }

  close(): void {
    this.closed = true;
  }

  private async deliver(file: string, upload: VoicemailUpload): Promise<'stored' | 'refused'> {
    for (let attempt = 0; !this.closed; attempt++) {
      const pause = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]!;
      await new Promise<void>((resolve) => setTimeout(resolve, pause).unref());
      const outcome = await this.upload(upload);
      if (outcome === 'try-again') continue;
      rmSync(file, { force: true });
      return outcome;
    }
    return 'refused';
  }
}
