import { reduceCall } from '@ringdown/call-flow/reduce-call';
import { acceptedLegs, openOffers, type CallState } from '@ringdown/call-flow/call-state';
import { seededRandom } from '@ringdown/call-flow/weighted-draw';
import type { CallDetail, CallSummary } from '@ringdown/protocol/http';
import { eventually } from '../server/ringdown-client.ts';
import { NodeVolunteer } from './node-volunteer.ts';
import type { ProductUnderTest } from './product-under-test.ts';

const VOICES_HZ = [900, 1100, 1300, 1500];

/** The same seed gives the same shift. */
export const seeded = (seed: number): (() => number) => seededRandom(String(seed));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A volunteer who takes what rings, talks for a moment and ends the call, whatever else breaks. */
class TirelessVolunteer {
  answered = 0;
  private stopping = false;
  private readonly done: Promise<void>;

  constructor(
    readonly person: NodeVolunteer,
    private readonly hz: number,
    private readonly random: () => number,
    private readonly talkMs: readonly [number, number],
  ) {
    this.done = this.work();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.done;
    this.person.desk.close();
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.once();
      } catch {
        // A process died under the command: the next snapshot says how things stand.
        await this.person.leave().catch(() => undefined);
        await pause(200);
      }
    }
    await this.person.leave().catch(() => undefined);
  }

  private async once(): Promise<void> {
    const { desk } = this.person;
    const { now } = desk;
    if (now?.offer) {
      await this.person.answer(now.offer, this.hz);
      this.answered += 1;
      const [least, most] = this.talkMs;
      await pause(least + this.random() * (most - least));
    }
    if (desk.now?.call) {
      const { callId } = desk.now.call;
      await desk.ask('hang-up', { callId });
      await this.person.leave();
      await eventually('the call is over', () => desk.now?.call?.callId !== callId, 5_000);
    } else if (desk.now && ['offline', 'break', 'wrap-up'].includes(desk.now.presence.state)) {
      await desk.ask('set-presence', { state: 'available' });
    }
    await pause(40);
  }
}

export interface ShiftOptions {
  readonly volunteers: number;
  readonly seed: number;
  /** Mean time between two callers. */
  readonly everyMs: number;
  readonly talkMs: readonly [number, number];
  /** Callers hang up by themselves after this long, whatever has happened. */
  readonly patienceMs: readonly [number, number];
}

/** A busy shift on the whole product: real processes, simulated phones, volunteers with keys and voices. */
export class BusyShift {
  readonly dialled: string[] = [];
  /** Whose audio reached a gateway: noted while they call, the simulator forgets the oldest of a long shift. */
  readonly connected = new Set<string>();
  private readonly random: () => number;
  private dialling = true;
  private callers: Promise<void>;

  private constructor(
    private readonly product: ProductUnderTest,
    readonly volunteers: readonly TirelessVolunteer[],
    private readonly options: ShiftOptions,
  ) {
    this.random = seeded(options.seed + 1);
    this.callers = this.dialOnAndOn();
  }

  /** The product has had its first run; more volunteers join by invite and are put on the roster. */
  static async start(product: ProductUnderTest, options: ShiftOptions): Promise<BusyShift> {
    const { client } = product;
    const people = [client.owner];
    for (let n = 1; n < options.volunteers; n += 1) people.push(await client.volunteer(`Volunteer ${n}`));
    const gateways = (await (await client.request('GET', '/api/gateways', { cookie: client.owner.cookie })).json()) as {
      publicKey: typeof client.owner.me.publicKey;
    }[];
    await client.signRoster([
      ...people.map((p, n) => ({
        publicKey: p.me.publicKey,
        role: n === 0 ? ('owner' as const) : ('volunteer' as const),
      })),
      ...gateways.map((g) => ({ publicKey: g.publicKey, role: 'gateway' as const })),
    ]);
    const volunteers: TirelessVolunteer[] = [];
    for (const [n, person] of people.entries()) {
      const hz = VOICES_HZ[n % VOICES_HZ.length] ?? 1000;
      const signedIn = await NodeVolunteer.signIn(client, person);
      volunteers.push(new TirelessVolunteer(signedIn, hz, seeded(options.seed + 100 + n), options.talkMs));
    }
    return new BusyShift(product, volunteers, options);
  }

  get answered(): number {
    return this.volunteers.reduce((sum, v) => sum + v.answered, 0);
  }

  /** No new callers; those on the line go on to their end. */
  async stopCallers(): Promise<void> {
    this.dialling = false;
    await this.callers;
  }

  async stopVolunteers(): Promise<void> {
    await Promise.all(this.volunteers.map((v) => v.stop()));
  }

  private async dialOnAndOn(): Promise<void> {
    const lines: Promise<void>[] = [];
    while (this.dialling) {
      lines.push(this.callOnce(300 + (lines.length % 8) * 40));
      await pause(-Math.log(1 - this.random()) * this.options.everyMs);
    }
    await Promise.all(lines);
  }

  private async callOnce(tone: number): Promise<void> {
    // The simulator is gone when the test has failed and its product is stopped.
    const callSid = await this.product.dial({ tone }).catch(() => undefined);
    if (callSid === undefined) return;
    this.dialled.push(callSid);
    const [least, most] = this.options.patienceMs;
    const until = Date.now() + least + this.random() * (most - least);
    while (Date.now() < until) {
      const phone = await this.product.phone(callSid).catch(() => undefined);
      if (phone?.streamStartedAt) this.connected.add(callSid);
      if (!phone || isOver(phone.status)) return;
      await pause(150);
    }
    await this.product.phoneDo(callSid, 'hang-up').catch(() => undefined);
  }
}

export const isOver = (status: string): boolean => !['queued', 'initiated', 'ringing', 'in-progress'].includes(status);

/** Every call of the product with its whole log, oldest last. */
export const readAllCalls = async (product: ProductUnderTest): Promise<CallDetail[]> => {
  const { client } = product;
  const { cookie } = client.owner;
  const details: CallDetail[] = [];
  let before: number | undefined;
  for (;;) {
    const query = before === undefined ? '' : `&before=${before}`;
    const answer = await client.request('GET', `/api/calls?limit=50${query}`, { cookie });
    const { calls } = (await answer.json()) as { calls: CallSummary[] };
    for (const { callId } of calls) {
      details.push((await (await client.request('GET', `/api/calls/${callId}`, { cookie })).json()) as CallDetail);
    }
    const last = calls.at(-1);
    if (!last || calls.length < 50) return details;
    before = last.arrivedAt;
  }
};

/** What is wrong with a call that should be over; empty when it had one life, one ending and never two volunteers at once. */
export const faultsOf = (call: CallDetail): string[] => {
  const faults: string[] = [];
  let state: CallState | null = null;
  for (const { event } of call.events) {
    const reduction = reduceCall(state, event);
    if (reduction.ignored) faults.push(`${event.type} is stored and doesn't apply: ${reduction.ignored}`);
    state = reduction.state;
    const responsible = acceptedLegs(state).filter((leg) => leg.role === 'volunteer');
    if (responsible.length > 1) faults.push('two volunteers have the call at once');
    if (responsible.length > 0 && openOffers(state).some((o) => o.purpose === 'queue')) {
      faults.push('it rings while somebody has it');
    }
  }
  if (!state || state.phase !== 'ended' || state.termination === null)
    faults.push(`it ended in ${state?.phase ?? 'nothing'}`);
  return faults;
};
