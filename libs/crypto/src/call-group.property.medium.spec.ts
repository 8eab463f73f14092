import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from './bytes.ts';
import type { MediaKey } from './call-group.ts';
import { CallGroupHost, type GroupChange } from './call-group-host.ts';
import { CallGroupMember } from './call-group-member.ts';
import { aCandidate, aPerson, aRoster, settingsFor, START_MS, type Person } from './call-group.fixture.ts';
import { findOpenKey, installMediaKey, NO_MEDIA_KEYS } from './media-key-schedule.ts';
import type { Roster } from './roster.ts';

/** Two to six in the group: the gateway and one to five others. */
const SEATS = 5;

type Step =
  | { readonly kind: 'join'; readonly seat: number }
  | { readonly kind: 'leave'; readonly seat: number }
  | { readonly kind: 'reload'; readonly seat: number }
  | { readonly kind: 'hourly' };

const seat = fc.nat({ max: SEATS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('join' as const), seat }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), seat }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), seat }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hourly' as const) }) },
);

/** A call with its people, every message that was ever sent, and everyone who was ever sent away. */
class Call {
  readonly host: CallGroupHost;
  readonly #people: Person[];
  readonly #roster: Roster;
  readonly present = new Map<number, CallGroupMember>();
  readonly gone: CallGroupMember[] = [];
  epochs = 0;

  private constructor(host: CallGroupHost, people: Person[], roster: Roster) {
    this.host = host;
    this.#people = people;
    this.#roster = roster;
  }

  static async open(): Promise<Call> {
    const gateway = await aPerson('gateway');
    const people = await Promise.all(Array.from({ length: SEATS }, () => aPerson('volunteer')));
    const roster = await aRoster([gateway, ...people]);
    return new Call(await CallGroupHost.create(settingsFor(gateway, roster)), people, roster);
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'join': {
        if (this.present.has(step.seat)) return;
        const member = this.#newMember(step.seat);
        const change = await this.host.addMembers([await this.#candidate(step.seat, member)]);
        await this.#deliver(change, new Map([[step.seat, member]]));
        return;
      }
      case 'leave': {
        const leaver = this.present.get(step.seat);
        if (!leaver) return;
        this.present.delete(step.seat);
        this.gone.push(leaver);
        return this.#replace();
      }
      case 'reload': {
        if (!this.present.has(step.seat)) return;
        this.present.set(step.seat, this.#newMember(step.seat));
        return this.#replace();
      }
      case 'hourly':
        return this.#replace();
    }
  }

  #newMember = (seat: number) => new CallGroupMember(settingsFor(this.#people[seat]!, this.#roster));
  #candidate = (seat: number, member: CallGroupMember) => aCandidate(String(seat), this.#people[seat]!, member);

  async #replace(): Promise<void> {
    const candidates = await Promise.all([...this.present].map(([seat, member]) => this.#candidate(seat, member)));
    await this.#deliver(await this.host.replaceMembers(candidates), new Map(this.present));
  }

  async #deliver(change: GroupChange, joining: Map<number, CallGroupMember>): Promise<void> {
    expect([...change.refused]).toEqual([]);
    for (const recipient of change.commit?.recipients ?? []) {
      await this.present.get(Number(recipient))!.process(change.commit!.commit, change.commit!.certificates);
    }
    for (const [memberId, { welcome, certificates }] of change.welcomes) {
      const member = joining.get(Number(memberId))!;
      await member.join(welcome, certificates);
      this.present.set(Number(memberId), member);
      await this.#overhear(welcome, certificates, change);
    }
    this.epochs += 1;
  }

  /** Those who are out get every message too, and try. */
  async #overhear(welcome: Uint8Array, certificates: Parameters<CallGroupMember['join']>[1], change: GroupChange) {
    for (const gone of this.gone.slice(-3)) {
      await expect(gone.join(welcome, certificates)).rejects.toMatchObject({ reason: 'not-for-us' });
      if (change.commit) {
        await expect(gone.process(change.commit.commit, change.commit.certificates)).rejects.toThrow();
      }
    }
  }
}

describe('any order of joining, leaving, reloading and rotating', () => {
  it('leaves everyone inside with one key, everyone outside without, and no live index twice', async () => {
    let epochs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
        const call = await Call.open();
        const keys = new Set<string>();
        let schedule = installMediaKey(NO_MEDIA_KEYS, call.host.media, START_MS);
        let nowMs = START_MS;
        let before: MediaKey = call.host.media;
        for (const each of steps) {
          await call.take(each);
          const { media } = call.host;
          if (media === before) continue;
          for (const member of call.present.values()) expect(member.media).toEqual(media);
          for (const gone of call.gone) expect(gone.media?.key).not.toEqual(media.key);
          expect(keys.has(bytesToHex(media.key))).toBe(false);
          keys.add(bytesToHex(media.key));
          expect(media.keyIndex).not.toBe(before.keyIndex);
          // Faster than any call does it: throws when an index comes back while its older key is live.
          nowMs += 80;
          schedule = installMediaKey(schedule, media, nowMs);
          expect(findOpenKey(schedule, media.keyIndex, nowMs)?.key).toEqual(media.key);
          before = media;
        }
        epochs += call.epochs;
      }),
      { numRuns: 7 },
    );
    expect(epochs).toBeGreaterThanOrEqual(200);
  }, 120_000);
});
