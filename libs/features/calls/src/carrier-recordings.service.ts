import { Inject, Injectable } from '@nestjs/common';
import { CarrierAccounts, Carriers } from '@ringdown/carriers-port/carrier';
import type { CarrierRecording } from '@ringdown/carriers-port/inbound-calls';
import { voicemailTurn } from '@ringdown/call-flow/voicemail-turn';
import { sealToVault, toSealedBytes } from '@ringdown/crypto/vault';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import { JobQueue } from '@ringdown/jobs/job-queue';
import type { JobBody } from '@ringdown/jobs/jobs';
import { Clock } from '@ringdown/platform/clock';
import { type CallId, VoicemailId } from '@ringdown/protocol/ids';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { CALL_LOG, CallEngine, type EngineLog } from './call-engine.ts';

/** A carrier that is away, or still writes the file: tried again for about half an hour, at growing distances. */
const FETCH_ATTEMPTS = 12;

/** What callers said to the carrier itself, when no gateway could take them: fetched, sealed, and removed at the carrier. */
@Injectable()
export class CarrierRecordings {
  constructor(
    private readonly engine: CallEngine,
    @Inject(CALL_LOG) private readonly log: EngineLog,
    private readonly calls: CallsRepository,
    private readonly rotas: RotaService,
    private readonly accounts: CarrierAccounts,
    private readonly carriers: Carriers,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Rejects when it couldn't be kept: the carrier then repeats its report. One of a call that isn't ours changes nothing. */
  async keep(recording: CarrierRecording): Promise<void> {
    const callId = await this.log.findIdByCarrierCall(recording.carrierAccountId, recording.carrierCallId);
    if (!callId) return;
    if (recording.status !== 'completed' || recording.durationMs === 0) {
      await this.engine.append(
        callId,
        { type: 'VoicemailFailed', at: this.clock.now(), reason: 'nothing-recorded' },
        'carrier-recorded-nothing',
      );
      return;
    }
    const { recordingUrl, durationMs } = recording;
    await this.jobs.enqueue('carrier-recording', { callId, recordingUrl, durationMs }, { attempts: FETCH_ATTEMPTS });
  }

  /** Done again after a death at any point, it keeps one voicemail and one event. Throws while the carrier can't give it. */
  async fetch({ callId, recordingUrl, durationMs }: JobBody<'carrier-recording'>): Promise<void> {
    const state = await this.engine.findState(callId);
    const account = state ? await this.accounts.find(state.carrierAccountId) : null;
    if (!state?.policy.vault || !account) return;
    const carrier = this.carriers.for(account);
    if (!state.voicemail?.stored) {
      await this.store(callId, await carrier.fetchRecording(recordingUrl), durationMs);
    }
    await carrier.removeRecording(recordingUrl);
  }

  private async store(callId: CallId, audio: Uint8Array, durationMs: number): Promise<void> {
    const state = await this.engine.findState(callId);
    const vault = state?.policy.vault;
    if (!state || !vault) return;
    const at = this.clock.now();
    const { hotlineId } = state;
    const voicemailId = VoicemailId.parse(callId);
    const sealed = await sealToVault(
      { version: vault.version, publicKey: new Uint8Array(Buffer.from(vault.publicKey, 'base64')) },
      audio,
      { hotlineId, purpose: 'voicemail', itemId: voicemailId },
    );
    const onShift = await this.rotas.onShift(hotlineId, at);
    await this.calls.saveVoicemail({
      voicemailId,
      callId,
      hotlineId,
      sealed: new Uint8Array(toSealedBytes(sealed)),
      durationMs,
      vaultVersion: vault.version,
      assignedTo: voicemailTurn(onShift, await this.calls.countUnheard(hotlineId)),
    });
    await this.engine.append(
      callId,
      { type: 'VoicemailRecorded', at, voicemailId, durationMs, endedBy: 'carrier' },
      'carrier-recording',
    );
  }
}
