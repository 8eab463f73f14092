import { encodeMuLaw } from '@ringdown/audio/g711';
import { tone } from '@ringdown/audio/tones';
import { expect, test } from 'vitest';
import { VoicemailRecorder, type Recording } from './voicemail-recorder.ts';
import { silentFrame } from './phone-player.ts';

const loud = encodeMuLaw(tone([400], { durationMs: 20 }));

function record(maxMs = 60_000): { recorder: VoicemailRecorder; ended: (Recording | null)[] } {
  const ended: (Recording | null)[] = [];
  return { recorder: new VoicemailRecorder(maxMs, (recording) => ended.push(recording)), ended };
}

test('a key ends it, and what comes later is not kept', () => {
  const { recorder, ended } = record();
  for (let i = 0; i < 50; i++) recorder.push(loud);
  recorder.end('key');
  recorder.push(loud);
  recorder.end('hang-up');
  expect(ended).toHaveLength(1);
  expect(ended[0]).toMatchObject({ durationMs: 1000, endedBy: 'key' });
  expect(ended[0]?.muLaw.length).toBe(8000);
});

test('silence ends it and is cut off; the limit ends it too', () => {
  const { recorder, ended } = record();
  for (let i = 0; i < 50; i++) recorder.push(loud);
  for (let i = 0; i < 400; i++) recorder.push(silentFrame);
  expect(ended[0]).toMatchObject({ durationMs: 1000, endedBy: 'silence' });
  const limited = record(500);
  for (let i = 0; i < 50; i++) limited.recorder.push(loud);
  expect(limited.ended[0]).toMatchObject({ durationMs: 500, endedBy: 'limit' });
});

test('silence alone or a click is nothing to keep', () => {
  const silent = record();
  for (let i = 0; i < 400; i++) silent.recorder.push(silentFrame);
  expect(silent.ended).toEqual([null]);
  const click = record();
  click.recorder.push(loud);
  click.recorder.end('hang-up');
  expect(click.ended).toEqual([null]);
});
