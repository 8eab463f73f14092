import type { InvitationMode, Priority, SupervisionMode } from '@ringdown/protocol/call-events';
import type { CallView, Invite, OfferView, OperatorSnapshot } from '@ringdown/protocol/console';
import type { MemberToGateway } from '@ringdown/protocol/call-group';
import {
  LegId,
  type AskedCallBackId,
  type CallId,
  type HotlineId,
  type OfferId,
  type OperatorId,
} from '@ringdown/protocol/ids';
import type { Command, CommandBody, LiveLine, Outcome } from '../server/live-line.ts';
import { Store } from '../server/store.ts';
import { IDLE_MEDIA, type CallMedia, type CallMediaSnapshot } from './call-media.ts';
import type { PageConnection } from './page-connection.ts';

export type Refusal = Extract<Outcome, { outcome: 'refused' }>['reason'];

export interface DeskState {
  /** The command whose answer is awaited. */
  readonly busy: Command | null;
  /** Why the last command wasn't done; goes away with the next command. */
  readonly refusal: { readonly command: Command; readonly reason: Refusal } | null;
  /** Where the call's sound is: on this page, on another one, or on its way here. */
  readonly place: 'none' | 'here' | 'elsewhere' | 'moving-here';
}

/** Brings together what the server says of my call and what this page does for it. */
export class CallDesk extends Store<DeskState> {
  readonly media = new Store<CallMediaSnapshot>(IDLE_MEDIA);
  /** What is opened beside the call: the call bar opens it, the call's screen shows it. */
  readonly panel = new Store<'none' | 'ask-in' | 'dispatch'>('none');
  readonly #line: LiveLine;
  readonly #page: PageConnection;
  readonly #loadMedia: () => Promise<CallMedia>;
  #loading: Promise<CallMedia> | null = null;
  #work: Promise<void> = Promise.resolve();
  #prepared: OfferId | null = null;
  #rejoined: string | null = null;
  readonly #stop: (() => void)[] = [];

  constructor(line: LiveLine, page: PageConnection, loadMedia: () => Promise<CallMedia>) {
    super({ busy: null, refusal: null, place: 'none' });
    this.#line = line;
    this.#page = page;
    this.#loadMedia = loadMedia;
    this.#stop.push(line.subscribe(() => this.follow()));
    this.#stop.push(line.onMls(({ callId, message }) => this.#enqueue((media) => media.handleMls(callId, message))));
    this.follow();
  }

  /** Brings this page in line with the newest snapshot; called for each one and when this page becomes the leader. */
  follow(): void {
    const { snapshot, link } = this.#line.getSnapshot();
    if (!snapshot || link === 'refused') return;
    const { call, offer } = snapshot;
    const here = call !== null && call.connectionId === this.#page.connectionId;
    if (here || offer || this.#loading) this.#enqueue((media) => media.sync(here ? call : null, offer));
    if (snapshot.presence.state === 'available') this.#preload();
    if (offer && offer.offerId !== this.#prepared && this.#page.leads()) {
      this.#prepared = offer.offerId;
      this.#enqueue((media) => media.prepare(offer));
    }
    this.#follow(call, here);
  }

  async setPresence(body: CommandBody<'set-presence'>): Promise<boolean> {
    return this.#command('set-presence', body);
  }

  async accept(offer: OfferView): Promise<boolean> {
    return this.#command('accept-offer', async () => ({
      offerId: offer.offerId,
      keyPackage: await this.#keyPackage(offer.callId, offer.legId),
    }));
  }

  async decline(offer: OfferView): Promise<boolean> {
    return this.#command('decline-offer', { offerId: offer.offerId });
  }

  async setMuted(call: CallView, muted: boolean): Promise<boolean> {
    // The microphone first: a volunteer who presses mute must be silent even when the server is slow.
    const media = await this.#mediaReady();
    media.setMuted(muted);
    const done = await this.#command('set-mute', { callId: call.callId, muted });
    if (!done && !muted) media.setMuted(true);
    return done;
  }

  async setHeld(call: CallView, held: boolean): Promise<boolean> {
    return this.#command('set-hold', { callId: call.callId, held });
  }

  async sendDigits(call: CallView, digits: string): Promise<boolean> {
    return this.#command('send-digits', { callId: call.callId, digits });
  }

  async hangUp(call: Pick<CallView, 'callId'>): Promise<boolean> {
    return this.#command('hang-up', { callId: call.callId });
  }

  /** Asks somebody into the call: `true` once they ring. */
  async invite(call: CallView, mode: InvitationMode, target: Invite['target']): Promise<boolean> {
    return this.#command('invite', { callId: call.callId, mode, target });
  }

  async ofCall(
    command: 'cancel-invitation' | 'complete-transfer' | 'join-consultation' | 'leave-call' | 'take-over',
    call: CallView,
  ): Promise<boolean> {
    return this.#command(command, { callId: call.callId });
  }

  async removeLeg(call: CallView, legId: LegId): Promise<boolean> {
    return this.#command('remove-leg', { callId: call.callId, legId });
  }

  /** Joins a colleague's call. The leg is named here, so that the key package can come with the request. */
  async supervise(callId: CallId, mode: SupervisionMode): Promise<boolean> {
    const legId = LegId.parse(crypto.randomUUID());
    return this.#command('supervise', async () => ({
      callId,
      mode,
      legId,
      keyPackage: await this.#keyPackage(callId, legId),
    }));
  }

  async changeSupervision(call: CallView, mode: SupervisionMode): Promise<boolean> {
    return this.#command('change-supervision', { callId: call.callId, mode });
  }

  async takeNext(hotlineId: HotlineId | null): Promise<boolean> {
    return this.#command('take-next', { hotlineId });
  }

  async assign(callId: CallId, operatorId: OperatorId): Promise<boolean> {
    return this.#command('assign', { callId, operatorId });
  }

  /** Calls the caller back of whom a volunteer asked it; this page is on the call from then on. */
  async placeCallBack(callBackId: AskedCallBackId): Promise<boolean> {
    return this.#command('place-call-back', { callBackId });
  }

  async setPriority(callId: CallId, priority: Priority): Promise<boolean> {
    return this.#command('set-priority', { callId, priority });
  }

  async finishWrapUp(callId: CallId): Promise<boolean> {
    return this.#command('finish-wrap-up', { callId });
  }

  /** Takes the call's sound to this page. */
  async moveHere(call: CallView): Promise<boolean> {
    this.set({ ...this.getSnapshot(), place: 'moving-here' });
    const done = await this.#command('rejoin-call', async () => ({
      callId: call.callId,
      keyPackage: await this.#keyPackage(call.callId, call.legId),
    }));
    if (!done) this.set({ ...this.getSnapshot(), place: 'elsewhere' });
    return done;
  }

  async startPlayback(): Promise<void> {
    await (await this.#mediaReady()).startPlayback();
  }

  async setDevices(devices: { microphoneId?: string; speakerId?: string }): Promise<void> {
    if (this.#loading) await (await this.#loading).setDevices(devices);
  }

  async close(): Promise<void> {
    for (const stop of this.#stop) stop();
    if (this.#loading) await (await this.#loading).leave();
  }

  #follow(call: OperatorSnapshot['call'], here: boolean): void {
    if (!call) {
      this.panel.set('none');
      return this.#place('none');
    }
    if (here) {
      this.#rejoined = null;
      return this.#place('here');
    }
    if (this.getSnapshot().place !== 'moving-here') this.#place('elsewhere');
    // Once for each place the call was at: a refusal isn't answered by asking again with every snapshot.
    const attempt = `${call.callId} ${call.connectionId}`;
    if (this.#rejoined === attempt) return;
    void this.#mayRejoin(call).then((may) => {
      if (!may || this.#rejoined === attempt) return undefined;
      this.#rejoined = attempt;
      return this.moveHere(call);
    });
  }

  /** The page that carried the call was this tab before its reload, or is gone and this page is the one to step in. */
  async #mayRejoin(call: CallView): Promise<boolean> {
    // A call on the person's own phone stays there until they say otherwise.
    if (!call.connectionId) return false;
    const ours = call.connectionId === this.#page.former;
    const lost = call.phase === 'reconnecting' && this.#page.leads();
    return (ours || lost) && (await this.#page.isGone(call.connectionId));
  }

  #place(place: DeskState['place']): void {
    if (this.getSnapshot().place !== place) this.set({ ...this.getSnapshot(), place });
  }

  async #command<Name extends Command>(
    command: Name,
    body: CommandBody<Name> | (() => Promise<CommandBody<Name>>),
  ): Promise<boolean> {
    this.set({ ...this.getSnapshot(), busy: command, refusal: null });
    const ready = typeof body === 'function' ? await body() : body;
    const answer = await this.#line.command(command, ready);
    const refusal = answer.outcome === 'refused' ? { command, reason: answer.reason } : null;
    this.set({ ...this.getSnapshot(), busy: null, refusal });
    return refusal === null;
  }

  /** Null when it can't be made; the gateway then asks for one, and the call screen shows why it fails. */
  async #keyPackage(callId: CallId, legId: LegId): Promise<MemberToGateway | null> {
    try {
      return await (await this.#mediaReady()).keyPackage(callId, legId);
    } catch {
      // The media says itself what failed, in its snapshot.
      return null;
    }
  }

  #preload(): void {
    void this.#mediaReady().catch(() => undefined);
  }

  async #mediaReady(): Promise<CallMedia> {
    this.#loading ??= this.#loadMedia().then(
      (media) => {
        this.#stop.push(media.subscribe(() => this.media.set(media.getSnapshot())));
        this.media.set(media.getSnapshot());
        return media;
      },
      (error: unknown) => {
        // A file of the console couldn't be loaded; the next snapshot tries again.
        this.#loading = null;
        this.media.set({ ...IDLE_MEDIA, phase: 'failed', failure: 'not-loaded' });
        throw error;
      },
    );
    return this.#loading;
  }

  /** One after the other, so that a welcome isn't handled before the room it belongs to. */
  #enqueue(step: (media: CallMedia) => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      try {
        await step(await this.#mediaReady());
      } catch {
        // The media says itself what failed, in its snapshot; the next step must still run.
      }
    });
  }
}
