import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import { CallGroupRefusal } from '@ringdown/crypto/call-group';
import { CallGroupMember } from '@ringdown/crypto/call-group-member';
import { createDevice, type Device } from '@ringdown/crypto/device-certificate';
import { KeyIndexInUseError, SEND_AFTER_MS } from '@ringdown/crypto/media-key-schedule';
import { MediaKeys } from '@ringdown/crypto/media-keys';
import { PinnedRoster } from '@ringdown/crypto/roster';
import type { GatewayToMember } from '@ringdown/protocol/call-group';
import type { CallView, OfferView } from '@ringdown/protocol/console';
import type { CallId, LegId } from '@ringdown/protocol/ids';
import { LightLeg } from '@ringdown/room-leg/light-leg';
import { TonePeer } from '@ringdown/room-leg/tone-peer.fixture';
import {
  eventually,
  type RingdownClient,
  type ScriptedConsole,
  type SignedInPerson,
} from '../server/ringdown-client.ts';

const clock = {
  now: () => performance.now(),
  after: (ms: number, then: () => void) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/** A volunteer without a browser: a console's socket, a real member of the call's MLS group, a voice and an ear in the room. */
export class NodeVolunteer {
  peer: TonePeer | undefined;
  /** Why messages of the group were not followed, other than because they came late. */
  readonly refusals: string[] = [];
  private keys: MediaKeys | undefined;
  private member: CallGroupMember | undefined;
  private waiting: { callId: CallId; message: GatewayToMember }[] = [];
  private current: CallId | undefined;

  private constructor(
    private readonly client: RingdownClient,
    readonly desk: ScriptedConsole,
    private readonly device: Device,
    private readonly pinned: PinnedRoster,
  ) {
    desk.socket.on('mls', ({ callId, message }: { callId: CallId; message: GatewayToMember }) => {
      this.waiting.push({ callId, message });
      void this.takeMessages();
    });
  }

  static async signIn(client: RingdownClient, person: SignedInPerson): Promise<NodeVolunteer> {
    const desk = await client.console(person);
    const device = await createDevice(person.signer, { origin: client.origin, nowMs: Date.now() });
    return new NodeVolunteer(client, desk, device, new PinnedRoster(person.me.organisation.adminPublicKey));
  }

  async available(): Promise<void> {
    await this.desk.ask('set-presence', { state: 'available' });
    await this.desk.sees('available', (s) => s.presence.state === 'available' || s.presence.state === 'ringing');
  }

  rings(withinMs?: number): Promise<OfferView> {
    return this.desk.sees('a ring', (s) => s.offer, withinMs);
  }

  /** Answers and speaks this tone; resolves when the room is joined. As in the browser, a call before it is left first. */
  async answer(offer: OfferView, hz: number): Promise<void> {
    await this.leave();
    this.join(offer.callId);
    const outcome = await this.desk.ask('accept-offer', {
      offerId: offer.offerId,
      keyPackage: await this.keyPackage(offer.legId),
    });
    if (outcome.outcome !== 'done') throw new Error(`Not accepted: ${outcome.reason}`);
    const call = await this.desk.sees('the call', (s) => s.call);
    await this.enter(call, hz);
  }

  hears(hz: number, withinMs = 10_000): Promise<boolean> {
    return eventually(`the volunteer hears ${hz} Hz`, () => (this.peer?.hears(hz) ?? 0) > 0.6, withinMs);
  }

  async leave(): Promise<void> {
    const { peer } = this;
    this.peer = undefined;
    this.keys?.drop();
    this.keys = undefined;
    await peer?.leave();
  }

  private join(callId: CallId): void {
    this.current = callId;
    this.member = new CallGroupMember({
      callId,
      device: this.device,
      roster: () => this.roster(),
      origin: this.client.origin,
      clock: () => Date.now(),
    });
  }

  private roster() {
    const event = this.desk.now?.roster;
    if (event) this.pinned.accept(event, Date.now());
    if (!this.pinned.newest) throw new Error('There is no roster yet.');
    return this.pinned.newest;
  }

  private async keyPackage(legId: LegId) {
    if (!this.member) throw new Error('No call to make a key package for.');
    const { keyPackage, certificate } = await this.member.createKeyPackage();
    return {
      type: 'key-package' as const,
      legId,
      keyPackage: bytesToBase64(keyPackage),
      deviceCertificate: certificate,
    };
  }

  private async enter(call: CallView, hz: number): Promise<void> {
    const peer = await TonePeer.joinWith(LightLeg.connect, call.room);
    peer.speak(hz);
    this.keys = new MediaKeys(peer.leg, clock);
    this.peer = peer;
    await this.takeMessages();
  }

  private async takeMessages(): Promise<void> {
    while (this.keys && this.member && this.waiting.length > 0) {
      const { keys, member } = this;
      const next = this.waiting.shift();
      if (!next || next.callId !== this.current) continue;
      const { callId, message } = next;
      try {
        await this.follow(callId, message, keys, member);
      } catch (error) {
        this.onRefusal(callId, message, error);
      }
    }
  }

  private async follow(
    callId: CallId,
    message: GatewayToMember,
    keys: MediaKeys,
    member: CallGroupMember,
  ): Promise<void> {
    switch (message.type) {
      case 'welcome': {
        const media = await member.join(base64ToBytes(message.welcome), message.deviceCertificates);
        // They may have left the call meanwhile.
        if (this.keys !== keys) return;
        keys.install(media, 0);
        this.send(callId, { type: 'joined', legId: message.legId, generation: media.generation, epoch: media.epoch });
        break;
      }
      case 'commit': {
        const media = await member.process(base64ToBytes(message.commit), message.deviceCertificates);
        if (this.keys !== keys) return;
        keys.install(media, SEND_AFTER_MS);
        break;
      }
      case 'key-package-request':
        this.send(callId, await this.keyPackage(message.legId));
        break;
      case 'removed':
        keys.drop();
        break;
    }
  }

  /** As in the browser: a message that came late or twice changes nothing; after any other we are in no group. */
  private onRefusal(callId: CallId, message: GatewayToMember, error: unknown): void {
    const known = error instanceof CallGroupRefusal || error instanceof KeyIndexInUseError;
    const reason = known ? error.reason : 'not-joined';
    if (reason === 'stale-generation' || reason === 'not-for-us' || message.type === 'removed') return;
    this.refusals.push(reason);
    this.keys?.drop();
    this.send(callId, { type: 'failed', legId: message.legId, generation: message.generation, reason });
  }

  private send(callId: CallId, message: unknown): void {
    this.desk.socket.emit('mls', { callId, message });
  }
}
