import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import { CallGroupRefusal, type MediaKey } from '@ringdown/crypto/call-group';
import { CallGroupMember } from '@ringdown/crypto/call-group-member';
import { createDevice, verifyDeviceCertificate, type Device } from '@ringdown/crypto/device-certificate';
import { SEND_AFTER_MS } from '@ringdown/crypto/media-key-schedule';
import type { MediaKeys } from '@ringdown/crypto/media-keys';
import { PinnedRoster, type Roster } from '@ringdown/crypto/roster';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import type { CallId, LegId, PublicKeyHex } from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import type { Signer } from '@ringdown/crypto/signer';
import type { CallMediaContext } from '../call-media.ts';

export interface MembershipParts {
  readonly signer: Signer;
  readonly origin: string;
  readonly adminPublicKey: PublicKeyHex;
  readonly roster: () => NostrEvent | null;
  readonly rosterMemory?: NonNullable<CallMediaContext['rosterMemory']>;
  readonly send: (callId: CallId, message: MemberToGateway) => void;
  readonly keys: MediaKeys;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly changed: () => void;
}

export interface MembershipState {
  readonly verified: 'no' | 'agreeing' | 'yes' | 'failed';
  readonly generation: number | null;
  readonly keyIndex: number | null;
  readonly failure: string | null;
}

const OUTSIDE: MembershipState = { verified: 'no', generation: null, keyIndex: null, failure: null };
/** A certificate that ends sooner is renewed before it goes into another key package. */
const RENEW_BEFORE_MS = 2 * 3_600_000;
const EMPTY_ROSTER: Roster = { version: 0, issuedAt: 0, roles: new Map() };

/** This page as a member of the one call group it may be in. The signed roster decides, not the server that hands it over. */
export class GroupMembership {
  readonly #parts: MembershipParts;
  readonly #pinned: PinnedRoster;
  #rosterEvent: NostrEvent | null = null;
  #rosterRefusal: string | null = null;
  #device: Promise<Device> | null = null;
  #current: { readonly callId: CallId; readonly member: CallGroupMember } | null = null;
  #state = OUTSIDE;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#pinned = new PinnedRoster(parts.adminPublicKey, parts.rosterMemory?.newestRosterVersion());
  }

  get state(): MembershipState {
    return this.#state;
  }

  /** One signature of the person's key, good for all calls of this page. */
  async warmUp(): Promise<void> {
    await this.#freshDevice();
  }

  async prepare(callId: CallId): Promise<void> {
    await this.#memberOf(callId);
  }

  async keyPackage(callId: CallId, legId: LegId): Promise<MemberToGateway> {
    const member = await this.#memberOf(callId);
    const { keyPackage, certificate } = await member.createKeyPackage();
    if (this.#state.verified === 'no') this.#set({ ...OUTSIDE, verified: 'agreeing' });
    return { type: 'key-package', legId, keyPackage: bytesToBase64(keyPackage), deviceCertificate: certificate };
  }

  async handle(callId: CallId, message: GatewayToMember): Promise<void> {
    switch (message.type) {
      case 'key-package-request':
        return this.#parts.send(callId, await this.keyPackage(callId, message.legId));
      case 'welcome': {
        const { welcome, deviceCertificates } = message;
        const join = (member: CallGroupMember) => member.join(base64ToBytes(welcome), deviceCertificates);
        // Who isn't in the new generation still has the old key, and the gateway, which hears us, has the new one.
        return this.#follow(callId, message, join, 0);
      }
      case 'commit': {
        const { commit, deviceCertificates } = message;
        const process = (member: CallGroupMember) => member.process(base64ToBytes(commit), deviceCertificates);
        return this.#follow(callId, message, process, SEND_AFTER_MS);
      }
      case 'removed':
        return this.#current?.callId === callId ? this.leave() : undefined;
    }
  }

  /** Told when a snapshot came: the roster may have changed. */
  checkRoster(): void {
    if (this.#state.verified !== 'yes' || this.#current?.member.verified !== false) return;
    this.#fail('member-not-in-roster');
  }

  async leave(): Promise<void> {
    this.#parts.keys.drop();
    const former = this.#current;
    this.#current = null;
    this.#set(OUTSIDE);
    await former?.member.leave();
  }

  async #follow(
    callId: CallId,
    { legId, generation }: { legId: LegId; generation: number },
    step: (member: CallGroupMember) => Promise<MediaKey>,
    sendAfterMs: number,
  ): Promise<void> {
    try {
      const media = await step(await this.#memberOf(callId));
      this.#parts.keys.install(media, sendAfterMs);
      this.#set({ verified: 'yes', generation: media.generation, keyIndex: media.keyIndex, failure: null });
      this.#parts.send(callId, { type: 'joined', legId, generation: media.generation, epoch: media.epoch });
    } catch (error) {
      const reason = reasonOf(error);
      // A message that came twice or late changes nothing; the group we are in goes on.
      if (reason === 'stale-generation' || reason === 'not-for-us') return;
      this.#fail(this.#rosterRefusal === null ? reason : `roster-${this.#rosterRefusal}`);
      this.#parts.send(callId, { type: 'failed', legId, generation, reason });
    }
  }

  /** The gateway may have moved on to a key that shuts someone out; with the old one we would still speak to them. */
  #fail(failure: string): void {
    this.#parts.keys.drop();
    this.#set({ ...OUTSIDE, verified: 'failed', failure });
  }

  async #memberOf(callId: CallId): Promise<CallGroupMember> {
    if (this.#current?.callId === callId) return this.#current.member;
    const device = await this.#freshDevice();
    // Someone else may have made it while the person was asked to sign.
    const current = this.#current;
    if (current?.callId === callId) return current.member;
    if (current) await this.leave();
    const { origin, now } = this.#parts;
    const member = new CallGroupMember({ callId, device, roster: () => this.#newestRoster(), origin, clock: now });
    this.#current = { callId, member };
    return member;
  }

  async #freshDevice(): Promise<Device> {
    const { signer, origin, now } = this.#parts;
    const known = await this.#device?.catch(() => null);
    const later = now() + RENEW_BEFORE_MS;
    if (known && verifyDeviceCertificate(known.certificate, { origin, nowMs: later }).outcome === 'accepted')
      return known;
    this.#device = createDevice(signer, { origin, nowMs: now() });
    return this.#device;
  }

  #newestRoster(): Roster {
    const event = this.#parts.roster();
    if (event && event.id !== this.#rosterEvent?.id) {
      this.#rosterEvent = event;
      const checked = this.#pinned.accept(event, this.#parts.now());
      this.#rosterRefusal = checked.outcome === 'refused' ? checked.reason : null;
      if (checked.outcome === 'accepted') this.#parts.rosterMemory?.sawRosterVersion(checked.roster.version);
    }
    return this.#pinned.newest ?? EMPTY_ROSTER;
  }

  #set(state: MembershipState): void {
    this.#state = state;
    this.#parts.changed();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CallGroupRefusal) return error.reason;
  if (error instanceof SyntaxError) return 'malformed';
  return 'not-joined';
}
