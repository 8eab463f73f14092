import { encodeMuLaw } from '@ringdown/audio/g711';
import { isSilentMuLaw } from '@ringdown/audio/level';
import { voicemailBeep } from '@ringdown/audio/tones';
import { Interrupted, type SimulatedCall } from './call.ts';
import { toFrames, type Frame } from './caller-voice.ts';
import type { Recording } from './recordings.ts';
import type { TwimlElement } from './twiml-parser.ts';
import { actionStep, methodOf, type Step, type VerbContext } from './verb-step.ts';
import { API_VERSION, voiceFields } from './voice-fields.ts';

/** The file comes later than the action request. */
const READY_AFTER_MS = 1500;
const beep = toFrames(encodeMuLaw(voicemailBeep()));

type RecordingEnd = { by: 'key'; digit: string } | { by: 'silence' | 'limit' | 'hang-up' };

/** Records the caller; then the action is asked, also when the caller has left (`Digits=hangup`). */
export async function record(element: TwimlElement, context: VerbContext): Promise<Step> {
  const { call, signal, exchange } = context;
  const { attributes } = element;
  call.answer();
  if (attributes['playBeep'] !== 'false') await call.play(beep, signal);
  const frames: Frame[] = [];
  const end = await listen(call, attributes, frames, signal);
  // An empty recording asks nobody.
  if (frames.every(({ codes }) => isSilentMuLaw(codes)) && end.by !== 'hang-up') return { go: 'next' };
  const codes = Buffer.concat(frames.map((frame) => frame.codes));
  const recording = exchange.recordings.create(call.sid, exchange.options.clock.now(), codes);
  exchange.note(call, { kind: 'call', text: `Recorded ${recording.durationS} s, ended by ${end.by}` });
  scheduleCallback(element, context, recording);
  const fields = {
    RecordingSid: recording.sid,
    RecordingUrl: urlOf(context, recording),
    RecordingDuration: String(recording.durationS),
    Digits: end.by === 'key' ? end.digit : end.by === 'hang-up' ? 'hangup' : '',
  };
  const step = actionStep(context, element, fields);
  if (end.by !== 'hang-up') return step ?? { go: 'next' };
  if (step?.go === 'document' && step.document.kind === 'fetch') {
    // Asked, but there is nobody left to hear the answer.
    const all = { ...voiceFields(call, exchange.options.accountSid), ...fields };
    await exchange.sender.requestDocument(
      { callSid: call.sid, faults: call.faults, fields: all },
      step.document.target,
      undefined,
    );
  }
  throw signal.reason;
}

function listen(
  call: SimulatedCall,
  attributes: Readonly<Record<string, string>>,
  frames: Frame[],
  signal: AbortSignal,
): Promise<RecordingEnd> {
  const silenceFrames = Number(attributes['timeout'] ?? 5) * 50;
  const limitFrames = Number(attributes['maxLength'] ?? 3600) * 50;
  const finishKeys = attributes['finishOnKey'] ?? '1234567890*#';
  let silent = 0;
  return new Promise<RecordingEnd>((resolve, reject) => {
    const onAbort = (): void => {
      const reason: unknown = signal.reason;
      if (reason instanceof Interrupted && reason.by === 'call-over') resolve({ by: 'hang-up' });
      else reject(reason);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    call.onDigit = (digit) => {
      if (finishKeys.includes(digit)) resolve({ by: 'key', digit });
    };
    call.onVoice = (frame) => {
      frames.push(frame);
      silent = isSilentMuLaw(frame.codes) ? silent + 1 : 0;
      if (frames.length >= limitFrames) resolve({ by: 'limit' });
      else if (silenceFrames > 0 && silent >= silenceFrames) resolve({ by: 'silence' });
    };
  }).finally(() => {
    call.onDigit = undefined;
    call.onVoice = undefined;
  });
}

function urlOf({ exchange }: VerbContext, recording: Recording): string {
  const { publicUrl, accountSid } = exchange.options;
  return `${publicUrl}/${API_VERSION}/Accounts/${accountSid}/Recordings/${recording.sid}`;
}

function scheduleCallback(element: TwimlElement, context: VerbContext, recording: Recording): void {
  const { call, exchange } = context;
  const { clock, accountSid } = exchange.options;
  const callback = element.attributes['recordingStatusCallback'];
  const url = callback === undefined ? null : context.resolve(callback);
  const events = (element.attributes['recordingStatusCallbackEvent'] ?? 'completed').split(/[ ,]+/);
  clock.after(READY_AFTER_MS, () => {
    recording.status = call.faults.absentRecording ? 'absent' : 'completed';
    if (url === null || !events.includes(recording.status)) return;
    const fields = {
      AccountSid: accountSid,
      CallSid: call.sid,
      RecordingSid: recording.sid,
      RecordingUrl: urlOf(context, recording),
      RecordingStatus: recording.status,
      RecordingDuration: recording.status === 'absent' ? '0' : String(recording.durationS),
      RecordingChannels: '1',
      RecordingSource: 'RecordVerb',
      RecordingTrack: 'inbound',
      RecordingStartTime: new Date(recording.createdAt).toUTCString().replace('GMT', '+0000'),
      ErrorCode: '0',
    };
    const target = { url, method: methodOf(element, 'recordingStatusCallbackMethod') };
    exchange.sender.notify(
      { callSid: call.sid, faults: call.faults, fields },
      target,
      `Told the recording is ${recording.status}`,
    );
  });
}
