import { encodeMuLaw } from '@ringdown/audio/g711';
import { tone } from '@ringdown/audio/tones';
import { PracticeScript } from '@ringdown/protocol/practice';
import { describe, expect, it } from 'vitest';
import { silentFrame } from './phone-player.ts';
import { ScriptedCaller, wordsOf } from './scripted-caller.ts';

const SPEECH = encodeMuLaw(tone([300], { durationMs: 20 }));

/** A script played in no time: each sentence of the caller takes a second. */
class Rehearsal {
  nowMs = 0;
  readonly said: string[] = [];
  readonly heardMs: number[] = [];
  hungUp = false;
  private readonly caller: ScriptedCaller;
  private hears: 'bridge' | 'hold' | 'queue' = 'queue';

  constructor(script: Partial<PracticeScript>) {
    const whole = PracticeScript.parse({
      scriptId: 'rehearsal',
      language: 'en',
      voice: 'en',
      title: 'Rehearsal',
      reactions: {},
      goodCall: [],
      ...script,
    });
    this.caller = new ScriptedCaller({
      script: whole,
      sounds: new Map(wordsOf(whole).map((words) => [words, new Uint8Array(8_000)])),
      onTurn: ({ by, words, fromMs, toMs }) => {
        if (by === 'caller') this.said.push(words ?? '');
        else this.heardMs.push(toMs - fromMs);
      },
      onHangUp: () => (this.hungUp = true),
    });
    this.caller.order(0, 0);
  }

  /** The volunteer is silent, speaks, or the caller hears music. */
  pass(seconds: number, what: 'silence' | 'speech' | 'hold' = 'silence'): this {
    this.hears = what === 'hold' ? 'hold' : 'bridge';
    for (let i = 0; i < seconds * 50; i++, this.nowMs += 20) {
      this.caller.follow(this.hears, true, this.nowMs);
      this.caller.hear(what === 'speech' ? SPEECH : silentFrame, this.nowMs);
      this.caller.next(this.nowMs);
    }
    return this;
  }

  press(digits: number, handOvers = 0): this {
    this.caller.order(digits, handOvers);
    return this;
  }
}

const GOODBYE = { say: 'Goodbye.', goodbye: true };

describe('a scripted caller', () => {
  it('speaks when the volunteer has spoken and is quiet again', () => {
    const call = new Rehearsal({ steps: [{ listen: 20 }, { say: 'Help me.' }, { listen: 20 }, GOODBYE] });
    expect(call.pass(2, 'speech').said).toEqual([]);
    expect(call.pass(3).said).toEqual(['Help me.']);
    expect(call.pass(3, 'speech').pass(3).said).toEqual(['Help me.', 'Goodbye.']);
    expect(call.heardMs.every((ms) => ms > 1_900 && ms <= 3_000)).toBe(true);
  });

  it('asks whether somebody is there, and goes on when nobody answers', () => {
    const call = new Rehearsal({ steps: [{ listen: 5, otherwise: 'Hello?' }, { say: 'I talk anyway.' }, GOODBYE] });
    expect(call.pass(7).said).toEqual(['Hello?']);
    expect(call.pass(8).said).toEqual(['Hello?', 'I talk anyway.', 'Goodbye.']);
  });

  it('lets somebody finish who still speaks when its patience is over', () => {
    const call = new Rehearsal({ steps: [{ listen: 5 }, { say: 'I see.' }, GOODBYE] });
    expect(call.pass(12, 'speech').said).toEqual([]);
    expect(call.pass(3).said).toContain('I see.');
  });

  it('keeps silent for the whole time when the script says so, whatever is said', () => {
    const call = new Rehearsal({ steps: [{ listen: 10, wholeTime: true }, { say: 'I am here.' }, GOODBYE] });
    expect(call.pass(2, 'speech').pass(7).said).toEqual([]);
    expect(call.pass(3).said).toContain('I am here.');
  });

  it('complains of a long hold when it is over, and stands still meanwhile', () => {
    const steps = [{ listen: 10 }, { say: 'Where was I?' }, GOODBYE];
    const call = new Rehearsal({ steps, reactions: { hold: { afterS: 15, say: 'That was long.' } } });
    expect(call.pass(2).pass(40, 'hold').said).toEqual([]);
    expect(call.pass(3).said).toEqual(['That was long.']);
    expect(
      new Rehearsal({ steps, reactions: { hold: { afterS: 15, say: 'Long.' } } }).pass(2).pass(5, 'hold').pass(3).said,
    ).toEqual([]);
  });

  it('asks after a long silence, once', () => {
    const steps = [{ listen: 60 }, GOODBYE];
    const call = new Rehearsal({ steps, reactions: { silence: { afterS: 10, say: 'Still there?' } } });
    expect(call.pass(30).said).toEqual(['Still there?']);
  });

  it('wonders about the keypad', () => {
    const call = new Rehearsal({ steps: [{ listen: 60 }, GOODBYE], reactions: { keypad: { say: 'What was that?' } } });
    expect(call.pass(2).press(1).pass(3).said).toEqual(['What was that?']);
  });

  it('thanks for a hand-over and says goodbye', () => {
    const steps = [{ listen: 60 }, { say: 'A long story.' }, { listen: 60 }, GOODBYE];
    const call = new Rehearsal({ steps, reactions: { handOver: { say: 'Thank you.' } } });
    expect(call.pass(2).press(0, 1).pass(4).said).toEqual(['Thank you.', 'Goodbye.']);
  });

  it('hangs up by itself a while after its goodbye, and in any case after a quarter of an hour', () => {
    const call = new Rehearsal({ steps: [GOODBYE] });
    expect(call.pass(5).hungUp).toBe(false);
    expect(call.pass(10).hungUp).toBe(true);
    const endless = new Rehearsal({
      steps: [{ listen: 120 }, ...Array.from({ length: 38 }, () => ({ listen: 120 })), GOODBYE],
    });
    expect(endless.pass(14 * 60).hungUp).toBe(false);
    expect(endless.pass(2 * 60).hungUp).toBe(true);
  });

  it('says nothing before both can hear each other', () => {
    const call = new Rehearsal({ steps: [{ say: 'Hello.' }, GOODBYE] });
    expect(call.pass(5, 'hold').said).toEqual([]);
    expect(call.pass(1.5).said).toEqual(['Hello.']);
  });
});
