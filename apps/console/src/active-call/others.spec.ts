import { CallView } from '@ringdown/protocol/console';
import { describe, expect, it } from 'vitest';
import { aCall } from '../stories/fixtures.ts';
import { onTheCall } from '../stories/floor-fixtures.ts';
import { othersOn, othersWhoTalk } from './others.ts';

const me = onTheCall({ legId: aCall().legId, role: 'volunteer', name: 'Robin' });
const callWith = (...people: unknown[]) => CallView.parse(aCall({ people: [me, ...people] }));

describe('the others on a call', () => {
  it('are all but me', () => {
    expect(othersOn(callWith(onTheCall())).map(({ name }) => name)).toEqual(['Ana']);
    expect(othersOn(CallView.parse(aCall()))).toEqual([]);
  });

  it('on hold alone there is nobody to talk with, so that the microphone stays shut', () => {
    expect(othersWhoTalk(callWith())).toEqual([]);
  });

  it('who rings, or only listens, isn’t somebody to talk with', () => {
    const ringing = onTheCall({ state: 'ringing', role: 'consulted' });
    const listening = onTheCall({ role: 'supervisor', mode: 'listen' });
    expect(othersWhoTalk(callWith(ringing, listening))).toEqual([]);
    expect(othersWhoTalk(callWith(onTheCall({ role: 'supervisor', mode: 'whisper' })))).toHaveLength(1);
  });
});
