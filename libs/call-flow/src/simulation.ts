import type { CallEffect } from './call-state.ts';
import { Arrivals } from './simulation-arrivals.ts';
import { CallBacks } from './simulation-call-backs.ts';
import { Callers } from './simulation-callers.ts';
import { Calls } from './simulation-calls.ts';
import { CARRIER_MS } from './simulation-network.ts';
import { Distribution } from './simulation-distribution.ts';
import { type Caller, Evening } from './simulation-evening.ts';
import { Gateways } from './simulation-gateways.ts';
import type { SimulatedChange, Simulation } from './simulation-input.ts';
import { People } from './simulation-people.ts';
import { Phones } from './simulation-phones.ts';
import { type SimulationResult, totalsOf } from './simulation-result.ts';
import { Rings } from './simulation-rings.ts';

const MAX_EVENTS = 500_000;

/**
 * Plays an evening of one hotline, or of several that lead callers on to each other. The decisions are production's: the
 * reducer, the distribution, presence, the rota. The same input gives the same evening, to the millisecond.
 */
export const simulate = (sim: Simulation): SimulationResult => {
  const evening = new Evening(sim);
  const calls: Calls = new Calls(evening, {
    person: (caller, change) => people.change(caller, change),
    effect: (caller, effect) => perform(caller, effect, parts),
    changed: (caller, before) => {
      callers.follow(caller);
      callBacks.follow(caller, before);
    },
  });
  const rings = new Rings(evening, calls);
  const joinAgain = rings.join.bind(rings);
  const phones = new Phones(evening, calls, joinAgain);
  const callers = new Callers(evening, calls, phones);
  const callBacks = new CallBacks(evening, calls);
  const distribution = new Distribution(evening, calls, rings);
  const people = new People(evening, calls, { distributeSoon: () => distribution.soon(), joinAgain });
  const gateways = new Gateways(evening, calls, (caller) => {
    rings.join(caller);
    phones.streamAgain(caller);
  });
  const arrivals = new Arrivals(evening, calls, gateways, distribution);
  const parts: Parts = { evening, calls, phones, people, gateways, distribution, arrivals };

  people.begin();
  arrivals.plan();
  for (const change of sim.changes) {
    evening.agenda.add(change.at, () => takePlace(change, parts));
  }
  distribution.planShifts();
  let events = 0;
  while (evening.agenda.runNext()) {
    events += 1;
    if (events > MAX_EVENTS) throw new Error(`The simulation did not end within ${MAX_EVENTS} events.`);
  }
  return {
    timeline: evening.timeline,
    callers: evening.endings.toSorted((a, b) => a.arrivedAt - b.arrivedAt),
    totals: totalsOf(sim.calls.length, people.misses, evening.endings),
    events,
  };
};

interface Parts {
  evening: Evening;
  calls: Calls;
  phones: Phones;
  people: People;
  gateways: Gateways;
  distribution: Distribution;
  arrivals: Arrivals;
}

/** What is to be done about an event, as far as anybody on the phone would notice. */
const perform = (caller: Caller, effect: CallEffect, parts: Parts): void => {
  const { evening, calls, phones, gateways, distribution, arrivals } = parts;
  const { agenda, now } = evening;
  switch (effect.kind) {
    case 'distribute':
      distribution.soon();
      return;
    case 'move-to-hotline':
      agenda.add(now, () => arrivals.moveOn(caller, effect.hotlineId));
      return;
    case 'hang-up-at-carrier':
      agenda.add(now + CARRIER_MS, () => calls.hangUp(caller));
      return;
    case 'dial-leg':
    case 'hang-up-leg':
      phones.perform(caller, effect);
      return;
    case 'assign-gateway':
      gateways.assignAgain(caller);
      return;
    // Screens, the room, and what only people at a console or a dialled-in phone bring about.
    case 'direct-gateway':
    case 'forget-at-gateway':
    case 'tell-operator':
    case 'tell-watchers':
    case 'grant-room':
    case 'remove-from-room':
    case 'close-room':
    case 'log-supervision':
    case 'answer-dial-in':
    case 'remember-language':
    case 'placed-call-over':
      return;
  }
};

/** What the file says happens. */
const takePlace = (change: SimulatedChange, { evening, people, gateways, distribution }: Parts): void => {
  switch (change.kind) {
    case 'wish':
      people.wish(change.operatorId, change.wish);
      return;
    case 'link-lost':
      people.loseLink(change.operatorId, change.backAfterMs);
      return;
    case 'gateway-lost':
      gateways.lose(change.backAfterMs);
      return;
    case 'emergency': {
      const line = evening.lineOf(change.hotlineId ?? evening.sim.hotline.hotlineId);
      const which = change.hotlineId ? { hotlineId: change.hotlineId } : {};
      evening.tell({ event: 'hotline', detail: change.state ?? 'by-hours', ...which });
      const emergency = change.state ? { state: change.state, since: evening.now, until: null } : null;
      evening.lines.set(line.hotlineId, { ...line, rota: { ...line.rota, emergency } });
      distribution.soon();
      return;
    }
  }
};
