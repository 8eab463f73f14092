import 'reflect-metadata';
import { CallJobs } from '@ringdown/features-calls/call-jobs';
import { JobWorker } from '@ringdown/jobs/job-queue';
import type { Simulator } from '@ringdown/simulator/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_SID, ApiUnderTest, AUTH_TOKEN } from './api-under-test.ts';
import { eventually } from './ringdown-client.ts';
import { startTestSimulator } from './test-simulator.ts';

/** No gateway is up. The carrier is the real simulator, and the worker begins only when the test says so. */
describe('a message that a caller leaves with the carrier itself', () => {
  let simulator: Simulator;
  let api: ApiUnderTest;
  let worker: JobWorker | undefined;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    api = await ApiUnderTest.start({ simulatorUrl: simulator.url });
    await api.firstRun({ voicemailMaxS: 5 });
    await api.signRoster([{ publicKey: api.owner.me.publicKey, role: 'owner' }]);
  }, 60_000);

  afterAll(async () => {
    await worker?.close();
    await api?.stop();
    await simulator?.close();
  }, 30_000);

  const voicemails = async () =>
    (await (await api.request('GET', '/api/voicemails', { cookie: api.owner.cookie })).json()) as unknown[];

  const atTheCarrier = async (): Promise<number> => {
    const answer = await fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings.json`, {
      headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
    });
    return ((await answer.json()) as { recordings: unknown[] }).recordings.length;
  };

  it('waits as a job when nobody can fetch it at once; then it is fetched, sealed, and removed at the carrier', async () => {
    const dialled = await fetch(`${simulator.url}/simulator/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: api.number.e164, audio: { tone: 700 } }),
    });
    expect(dialled.ok).toBe(true);
    const { callSid } = (await dialled.json()) as { callSid: string };
    const told = async (): Promise<boolean> => {
      const phone = await fetch(`${simulator.url}/simulator/calls/${callSid}`);
      const { log } = (await phone.json()) as { log: { text: string; status?: number }[] };
      return log.some((line) => line.text === 'Told the recording is completed' && line.status === 204);
    };
    await eventually('the carrier has told of it', told, 40_000);
    expect(await voicemails()).toEqual([]);
    expect(await atTheCarrier()).toBe(1);

    worker = new JobWorker(api.environment.queue, api.app.get(CallJobs).handlers(), { onError: () => undefined });
    const [voicemail] = await eventually(
      'the voicemail',
      async () => ((await voicemails()).length > 0 ? voicemails() : undefined),
      20_000,
    );
    expect(voicemail).toMatchObject({ durationMs: expect.any(Number) as number });
    await eventually('it is removed at the carrier', async () => (await atTheCarrier()) === 0);
  }, 90_000);
});
