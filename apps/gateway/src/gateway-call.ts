import type { GatewayDirective, HeldCall } from '@ringdown/protocol/gateway';
import type { ConnectRoomLeg } from '@ringdown/room-leg/room-leg';
import type { MemberToGateway } from '@ringdown/protocol/call-group';
import type { ConnectionId } from '@ringdown/protocol/ids';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { Announcer } from './announcer.ts';
import { CallBridge } from './call-bridge.ts';
import { CallKeys, type CallKeysOptions } from './call-keys.ts';
import { CallerLine, type TellReport } from './caller-line.ts';
import type { CallerVoice } from './caller-voice.ts';
import { FurtherPhones } from './further-phones.ts';
import type { TakeMessage } from './phone-line.ts';
import { PracticeCall } from './practice-call.ts';
import type { Prompts, PromptStore } from './prompt-store.ts';
import type { NewReport } from './report-queue.ts';
import { RoomBridge } from './room-bridge.ts';
import type { VoicemailStore } from './voicemail-store.ts';

export interface GatewayCallParts {
  readonly connectRoom: ConnectRoomLeg;
  readonly prompts: PromptStore;
  readonly voicemails: VoicemailStore;
  readonly voice: CallerVoice;
  readonly report: (report: NewReport) => void;
  readonly settings: CallKeysOptions['settings'];
  readonly sendMls: CallKeysOptions['send'];
  /** Overrides the directive's address of the media server, for a gateway that reaches it elsewhere than browsers do. */
  readonly roomUrl: string | undefined;
}

const FACTS_EVERY_MS = 5_000;

/** One call: its phones, the room, the keys, who hears whom, and what the newest directive wants them to do. */
export class GatewayCall {
  private readonly keys: CallKeys;
  private room: RoomBridge | undefined;
  private readonly bridge: CallBridge;
  private caller: CallerLine;
  private readonly createCaller: () => CallerLine;
  private readonly phones: FurtherPhones;
  private readonly announcer: Announcer;
  private readonly practice: PracticeCall;
  private ownPrompts: Prompts;
  private digitsPlayed: number;
  private announced: number;
  private factsAtMs = 0;
  private closed = false;

  constructor(
    private directive: GatewayDirective,
    private readonly parts: GatewayCallParts,
  ) {
    const report: TellReport = (each) => parts.report({ ...each, callId: directive.callId });
    this.bridge = new CallBridge((sound, speaker, timestampMs) => this.room?.send(sound, speaker, timestampMs));
    this.keys = new CallKeys({
      settings: parts.settings,
      start: directive.group,
      send: parts.sendMls,
      report,
    });
    const { bridge } = this;
    const { voicemails } = parts;
    this.ownPrompts = parts.prompts.forCall(directive.prompts);
    const prompts: Prompts = {
      load: (refs) => this.ownPrompts.load(refs),
      music: () => this.ownPrompts.music(),
    };
    const { callId } = directive;
    const onChanged = (): void => this.follow();
    this.createCaller = () => new CallerLine({ callId, prompts, voicemails, bridge, report, onChanged });
    this.caller = this.createCaller();
    this.phones = new FurtherPhones({ prompts, bridge, report, onChanged });
    this.practice = new PracticeCall({ voice: parts.voice, line: () => this.caller, report });
    this.announcer = new Announcer(prompts, bridge);
    // What was asked for before this process knew the call was played by another one, or nobody.
    this.digitsPlayed = directive.digits?.sequence ?? -1;
    this.announced = directive.announcement?.sequence ?? 0;
    this.follow();
  }

  get held(): HeldCall {
    return { callId: this.directive.callId, revision: this.directive.revision, stream: this.caller.state };
  }

  get streamToken(): string {
    return this.directive.streamToken;
  }

  /** Phones beside the caller's are on the line: the call goes on when the caller's stream is a new one. */
  get hasOthers(): boolean {
    return this.phones.someoneIsThere;
  }

  /** Of all its phones, the caller's first. */
  get streamTokens(): string[] {
    return [this.directive.streamToken, ...(this.directive.phones ?? []).map(({ streamToken }) => streamToken)];
  }

  apply(directive: GatewayDirective): 'applied' | 'not-newer' {
    if (directive.revision <= this.directive.revision) return 'not-newer';
    const isAnew = directive.streamToken !== this.directive.streamToken;
    // They stay the same unless the call has moved to another hotline.
    if (JSON.stringify(directive.prompts) !== JSON.stringify(this.directive.prompts))
      this.ownPrompts = this.parts.prompts.forCall(directive.prompts);
    this.directive = directive;
    if (isAnew) {
      this.caller.close('directed');
      this.caller = this.createCaller();
    }
    this.follow();
    return 'applied';
  }

  onMls(connectionId: ConnectionId, message: MemberToGateway): 'taken' | 'not-a-member' {
    return this.keys.onMessage(connectionId, message);
  }

  rosterChanged(): void {
    this.keys.update();
  }

  /** A carrier's stream, once for each phone. */
  accept(
    token: string,
    carrierCallId: string,
    streamId: string,
    socket: WebSocket,
    wire: Writable,
  ): TakeMessage | 'unknown-call' | 'already-used' | 'other-call' {
    if (token !== this.directive.streamToken) return this.phones.accept(token, carrierCallId, streamId, socket, wire);
    if (carrierCallId !== this.directive.carrierCallId) return 'other-call';
    return this.caller.accept(streamId, socket, wire);
  }

  /** Every 20 ms. */
  tick(nowMs: number): void {
    this.announcer.tick(nowMs);
    this.bridge.tick(nowMs);
    this.practice.tick(this.keys.keyIndex !== null, nowMs);
    this.caller.tick(nowMs);
    this.phones.tick(nowMs);
    if (nowMs >= this.factsAtMs) {
      this.factsAtMs = nowMs + FACTS_EVERY_MS;
      this.tellFacts();
      this.keys.update();
    }
  }

  close(cause: 'directed' | 'shutting-down'): void {
    this.tellFacts();
    this.closed = true;
    this.caller.close(cause);
    this.phones.close(cause);
    this.bridge.close();
    this.keys.close();
    this.leaveRoom();
  }

  private createRoom(): RoomBridge {
    return new RoomBridge(this.parts.connectRoom, this.keys, {
      onSound: (sound, track, participant) => this.bridge.fromRoom(sound, track, participant, performance.now()),
      onTrackEnded: (track) => this.bridge.onTrackEnded(track),
      onLost: (reason) => this.parts.report({ callId: this.directive.callId, type: 'room-lost', reason }),
    });
  }

  private leaveRoom(): void {
    this.room?.close();
    this.room = undefined;
  }

  /** Makes everything as the directive says; harmless when it already is. */
  private follow(): void {
    if (this.closed) return;
    const { callerHears, roomless, members, room, digits, announcement, phones } = this.directive;
    const callerIsHere = this.caller.state === 'open';
    const inRoom = !roomless && callerHears.kind !== 'voicemail' && callerHears.kind !== 'farewell';
    const somebodyIsHere = callerIsHere || this.phones.someoneIsThere;
    if (inRoom && somebodyIsHere) {
      this.room ??= this.createRoom();
      this.room.open({ url: this.parts.roomUrl ?? room.url, token: room.token });
    }
    // Nobody is left to talk to, until another phone comes: a caller who hung up may be called back.
    const isOver = this.caller.state === 'closed' && !somebodyIsHere;
    const present = inRoom && !isOver ? members : [];
    // First who isn't heard any more, then whose keys are gone.
    this.bridge.setMembers(present);
    this.keys.setMembers(present);
    if (isOver || roomless) this.leaveRoom();
    this.phones.follow(phones ?? []);
    this.caller.follow(this.directive);
    this.practice.follow(this.directive);
    if (digits && digits.sequence > this.digitsPlayed) {
      this.digitsPlayed = digits.sequence;
      // On hold the caller hears none of what is done with others.
      if (callerIsHere && callerHears.kind !== 'hold') this.caller.playDigits(digits.digits);
      this.phones.playDigits(digits.digits);
    }
    // On hold it waits: the caller is to hear it too.
    const isRunning = callerIsHere ? callerHears.kind === 'bridge' : !this.bridge.isEmpty;
    if (announcement && announcement.sequence > this.announced && isRunning) {
      this.announced = announcement.sequence;
      this.announcer.say(announcement.prompts);
    }
  }

  /** Facts, not intentions: what was really sealed and opened, and with which key. */
  private tellFacts(): void {
    const stats = this.room?.stats();
    if (!stats) return;
    for (const { legId } of this.directive.members) {
      this.parts.report({
        callId: this.directive.callId,
        type: 'leg-facts',
        legId,
        keyIndex: stats.keyIndex,
        framesSealed: stats.framesSealed,
        framesOpened: stats.framesOpened,
        framesDropped: stats.framesRefused + stats.framesWithheld,
      });
    }
  }
}
