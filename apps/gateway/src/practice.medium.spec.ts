import { encodeMuLaw } from '@ringdown/audio/g711';
import { TimestampLine } from '@ringdown/audio/timestamp-line';
import { tone } from '@ringdown/audio/tones';
import { LocalVoice } from '@ringdown/platform/local-voice';
import { PracticeScript } from '@ringdown/protocol/practice';
import { until } from '@ringdown/room-leg/room-leg.contract';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Volunteer } from './gateway.fixture.ts';
import { FRAME, silentFrame } from './phone-player.ts';
import { spoken, TestCall } from './test-call.fixture.ts';

/** Speech of espeak-ng is far above, an empty line far below. */
const AUDIBLE = 500;
const VOLUNTEER_HZ = 440;
/** Speaking sentences, joining and agreeing on keys, on machines that do other things too. */
const WITHIN_MS = 30_000;

const script = PracticeScript.parse({
  scriptId: 'short',
  language: 'en',
  voice: 'en',
  title: 'Short',
  steps: [
    { listen: 100 },
    { say: 'My name is Sam. I have been arrested, and I only have two minutes.' },
    { listen: 100 },
    { say: 'Thank you very much for your help. Goodbye.', goodbye: true },
  ],
  reactions: { handOver: { say: 'Thank you for passing me on.' } },
  goodCall: [],
});

/** A microphone that is always open: it sends silence, too, as a browser does. */
class Microphone {
  talking = false;
  sent = 0;
  private readonly timer: NodeJS.Timeout;

  constructor({ peer }: Volunteer) {
    const sound = encodeMuLaw(tone([VOLUNTEER_HZ], { durationMs: 1_000 }));
    const line = new TimestampLine(77);
    const start = performance.now();
    this.timer = setInterval(() => {
      for (; this.sent * 20 < performance.now() - start; this.sent++) {
        const at = (this.sent % 50) * FRAME;
        peer.leg.send(this.talking ? sound.subarray(at, at + FRAME) : silentFrame, line.next(this.sent * FRAME, FRAME));
      }
    }, 10);
  }

  /** Says something for two seconds. */
  async talk(): Promise<void> {
    this.talking = true;
    const { sent } = this;
    await until(() => this.sent > sent + 100, WITHIN_MS);
    this.talking = false;
  }

  close(): void {
    clearInterval(this.timer);
  }
}

const hasVoice = (await new LocalVoice().voices()).length > 0;

describe('a scripted caller at the gateway, through the real room and keys', { timeout: 90_000 }, () => {
  let server: TestLiveKitServer;
  let call: TestCall;
  let microphone: Microphone | undefined;
  const path = process.env['PATH'];

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    microphone?.close();
    await call.stop();
  });
  afterAll(() => server.stop());

  const turns = (by: 'caller' | 'volunteer') =>
    call.api.ofType('practice-turn').flatMap(({ turn }) => (turn.by === by ? [turn] : []));

  /** As when it rings, then answered by a volunteer who is silent. */
  const answered = async () => {
    call = await TestCall.start(server, {
      kind: 'queue',
      language: script.language as never,
      opening: [spoken('notice')],
      position: 1,
      announceEveryMs: 45_000,
    });
    call.change({ practice: { script, handOvers: 0 } });
    await until(() => call.api.ofType('stream-started').length === 1, WITHIN_MS);
    const volunteer = await call.person(VOLUNTEER_HZ);
    volunteer.peer.silence();
    call.change({ callerHears: { kind: 'bridge' }, members: [volunteer.member] });
    await until(() => call.api.ofType('member-joined').length > 0, WITHIN_MS);
    microphone = new Microphone(volunteer);
    return { volunteer, microphone };
  };

  test.skipIf(!hasVoice)('waits for the volunteer, is heard, goes on when they are quiet, and hangs up', async () => {
    const { volunteer, microphone } = await answered();
    expect(turns('caller')).toEqual([]);
    await microphone.talk();
    await until(() => volunteer.peer.level() > AUDIBLE, WITHIN_MS);
    await until(() => turns('caller').length === 1, WITHIN_MS);
    expect(turns('caller')[0]?.words).toContain('two minutes');
    expect(turns('volunteer').length).toBeGreaterThan(0);

    await microphone.talk();
    await until(() => turns('caller').some(({ goodbye }) => goodbye), WITHIN_MS);
    await until(() => call.api.ofType('stream-ended').length === 1, WITHIN_MS);
    expect(call.api.ofType('stream-ended')[0]?.cause).toBe('carrier-stopped');
    const [first, last] = turns('caller');
    expect(first!.to).toBeGreaterThan(first!.from);
    expect(last!.from).toBeGreaterThan(first!.to);
  });

  test.skipIf(!hasVoice)('reacts to a hand-over with its goodbye', async () => {
    const { volunteer } = await answered();
    call.change({ practice: { script, handOvers: 1 } });
    await until(() => volunteer.peer.level() > AUDIBLE, WITHIN_MS);
    await until(() => turns('caller').some(({ goodbye }) => goodbye), WITHIN_MS);
    expect(turns('caller').map(({ words }) => words)).toEqual([
      'Thank you for passing me on.',
      'Thank you very much for your help. Goodbye.',
    ]);
  });

  test('without a voice on this machine says so, and nothing begins', async () => {
    process.env['PATH'] = '/nowhere';
    call = await TestCall.start(server, { kind: 'bridge' });
    call.change({ practice: { script, handOvers: 0 } });
    await until(() => call.api.ofType('practice-failed').length === 1, WITHIN_MS);
    expect(call.api.ofType('practice-failed')[0]?.reason).toBe('no-voice');
    expect(call.api.ofType('stream-started')).toEqual([]);
  });
});
