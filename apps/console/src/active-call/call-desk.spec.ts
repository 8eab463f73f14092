import { CallId, ConnectionId } from '@ringdown/protocol/ids';
import type { OperatorSnapshot } from '@ringdown/protocol/console';
import { describe, expect, it } from 'vitest';
import type { Command, LineState, LiveLine, Outcome } from '../server/live-line.ts';
import { Store } from '../server/store.ts';
import { aCall, anOffer, aSnapshot, HERE } from '../stories/fixtures.ts';
import { CallDesk } from './call-desk.ts';
import { IDLE_MEDIA, type CallMedia } from './call-media.ts';
import type { PageConnection } from './page-connection.ts';

const FORMER = ConnectionId.parse('00000000-0000-4000-8000-000000000777');

class RehearsedLine extends Store<LineState> implements LiveLine {
  readonly commands: Command[] = [];
  answer: Outcome = { outcome: 'done' };
  constructor(snapshot: OperatorSnapshot) {
    super({ link: 'connected', refusal: null, snapshot, clockAheadMs: 0 });
  }
  show(snapshot: OperatorSnapshot) {
    this.set({ ...this.getSnapshot(), snapshot });
  }
  async command(name: Command): Promise<Outcome> {
    this.commands.push(name);
    return this.answer;
  }
  sendMls() {}
  onMls() {
    return () => undefined;
  }
  onShiftReminder = () => () => undefined;
  onNoteChanged = () => () => undefined;
  onNoteFollowers = () => () => undefined;
  onChanged() {
    return () => undefined;
  }
  close() {}
}

function aDesk(snapshot: OperatorSnapshot, page: Partial<PageConnection> = {}) {
  const line = new RehearsedLine(snapshot);
  const done: string[] = [];
  const media: CallMedia = {
    subscribe: () => () => undefined,
    getSnapshot: () => IDLE_MEDIA,
    prepare: async () => void done.push('prepare'),
    keyPackage: async () => {
      throw new Error('No key here');
    },
    handleMls: async () => undefined,
    sync: async (call) => void done.push(call ? 'sync call' : 'sync nothing'),
    setMuted: (muted) => void done.push(muted ? 'mute' : 'unmute'),
    setDevices: async () => undefined,
    startPlayback: async () => undefined,
    leave: async () => undefined,
  };
  const whole: PageConnection = {
    connectionId: ConnectionId.parse(HERE),
    former: null,
    isGone: async () => true,
    leads: () => true,
    onLead: () => () => undefined,
    ...page,
  };
  return { desk: new CallDesk(line, whole, async () => media), line, done };
}

/** Lets every promise that is ready go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const aCallId = CallId.parse(aCall().callId);
const elsewhere = (change = {}) => aSnapshot({ call: aCall({ connectionId: FORMER, ...change }) });

describe('the call desk', () => {
  it('connects ahead while a call rings, once for each offer', async () => {
    const { line, done } = aDesk(aSnapshot({ offer: anOffer() }));
    line.show(aSnapshot({ offer: anOffer() }));
    await settle();
    expect(done.filter((each) => each === 'prepare')).toHaveLength(1);
  });

  it('leaves connecting ahead to the page that leads', async () => {
    const { done } = aDesk(aSnapshot({ offer: anOffer() }), { leads: () => false });
    await settle();
    expect(done).not.toContain('prepare');
  });

  it('accepts even when no key package can be made: the gateway then asks for one', async () => {
    const snapshot = aSnapshot({ offer: anOffer() });
    const { desk, line } = aDesk(snapshot);
    if (snapshot.offer) await desk.accept(snapshot.offer);
    expect(line.commands).toEqual(['accept-offer']);
  });

  it('takes the call back by itself after a reload of its own tab', async () => {
    const { desk, line } = aDesk(elsewhere(), { former: FORMER });
    await settle();
    expect(line.commands).toEqual(['rejoin-call']);
    line.show(aSnapshot({ call: aCall() }));
    expect(desk.getSnapshot().place).toBe('here');
  });

  it('does not take it from a living page, as when a tab was duplicated', async () => {
    const { desk, line } = aDesk(elsewhere(), { former: FORMER, isGone: async () => false });
    await settle();
    expect(line.commands).toEqual([]);
    expect(desk.getSnapshot().place).toBe('elsewhere');
  });

  it('steps in for a page that is gone when it leads', async () => {
    const { line } = aDesk(elsewhere({ phase: 'reconnecting' }));
    await settle();
    expect(line.commands).toEqual(['rejoin-call']);
  });

  it('asks once, not with every snapshot, when taking it back is refused', async () => {
    const { line, desk } = aDesk(elsewhere(), { former: FORMER });
    line.answer = { outcome: 'refused', reason: 'busy-try-again' };
    await settle();
    line.show(elsewhere());
    await settle();
    expect(line.commands).toEqual(['rejoin-call']);
    expect(desk.getSnapshot().refusal?.reason).toBe('busy-try-again');
  });

  it('joins a colleague’s call with a leg of its own, even when no key package can be made', async () => {
    const { desk, line } = aDesk(aSnapshot());
    expect(await desk.supervise(aCallId, 'listen')).toBe(true);
    expect(line.commands).toEqual(['supervise']);
  });

  it('says why somebody could not be asked in, until the next thing is tried', async () => {
    const snapshot = aSnapshot({ call: aCall() });
    const { desk, line } = aDesk(snapshot);
    if (!snapshot.call) throw new Error('There is no call');
    line.answer = { outcome: 'refused', reason: 'person-not-available' };
    expect(await desk.invite(snapshot.call, 'warm', { kind: 'number', number: '+15550100123' })).toBe(false);
    expect(desk.getSnapshot().refusal).toEqual({ command: 'invite', reason: 'person-not-available' });
    line.answer = { outcome: 'done' };
    await desk.ofCall('cancel-invitation', snapshot.call);
    expect(desk.getSnapshot().refusal).toBeNull();
  });

  it('closes what was opened beside the call when the call is over', () => {
    const { desk, line } = aDesk(aSnapshot({ call: aCall() }));
    desk.panel.set('ask-in');
    line.show(aSnapshot());
    expect(desk.panel.getSnapshot()).toBe('none');
  });

  it('mutes before the server knows, and stays muted when unmuting is refused', async () => {
    const snapshot = aSnapshot({ call: aCall() });
    const { desk, line, done } = aDesk(snapshot);
    line.answer = { outcome: 'refused', reason: 'no-answer' };
    if (snapshot.call) await desk.setMuted(snapshot.call, false);
    expect(done.filter((each) => /mute/.test(each))).toEqual(['unmute', 'mute']);
  });
});
