import { base64ToBytes, bytesToBase64 } from '@ringdown/crypto/bytes';
import type { CallGroupSettings, MediaKey } from '@ringdown/crypto/call-group';
import { CallGroupHost, type GroupChange } from '@ringdown/crypto/call-group-host';
import type { Candidate } from '@ringdown/crypto/key-package';
import { SEND_AFTER_MS } from '@ringdown/crypto/media-key-schedule';
import { type Clock, type KeySink, MediaKeys } from '@ringdown/crypto/media-keys';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import type { CallMember, GatewayDirective } from '@ringdown/protocol/gateway';
import type { ConnectionId } from '@ringdown/protocol/ids';
import type { NewReport } from './report-queue.ts';

const clock: Clock = {
  now: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

type Unplaced<Report> = Report extends unknown ? Omit<Report, 'callId'> : never;

export interface CallKeysOptions {
  readonly settings: () => Promise<CallGroupSettings | null>;
  /** Where the group's generations begin; undefined for the first gateway of a call. */
  readonly start?: GatewayDirective['group'] | undefined;
  readonly send: (connectionId: ConnectionId, message: GatewayToMember) => void;
  readonly report: (report: Unplaced<Extract<NewReport, { type: 'member-joined' | 'member-failed' }>>) => void;
}

const ASK_AGAIN_MS = 2_000;
const LONGEST_ASK_MS = 10_000;
/** Those who stay are asked for new key packages; whoever is slower than this joins a moment later. */
const REGROUP_WITHIN_MS = 700;
const ROTATE_EVERY_MS = 3_600_000;

/**
 * A call's MLS group as the api wants it: members come by Add, every departure and every hour makes a new generation.
 * The media key goes to the leg; with nobody else in the group there is none, and nothing leaves.
 */
export class CallKeys {
  private host: CallGroupHost | undefined;
  private wanted: readonly CallMember[] = [];
  private readonly packages = new Map<string, Candidate>();
  /** Who was asked for a key package and hasn't been let in since. */
  private readonly asked = new Map<string, { readonly atMs: number; readonly times: number }>();
  private sink: KeySink | undefined;
  /** The leg of the moment gets them; without one they are kept for the next. */
  private readonly keys = new MediaKeys(
    {
      setKey: (index, mediaKey) => this.sink?.setKey(index, mediaKey),
      useKey: (index) => this.sink?.useKey(index),
      dropKey: (index) => this.sink?.dropKey(index),
    },
    clock,
  );
  private askTimer: NodeJS.Timeout | undefined;
  private regroupUntilMs: number | undefined;
  private groupedMs = 0;
  private working = false;
  private again = false;
  private closed = false;

  constructor(private readonly options: CallKeysOptions) {}

  /** A leg that joined late, or again, gets the key that is in use. */
  attach(sink: KeySink | undefined): void {
    this.sink = sink;
    const { newest } = this.keys;
    if (!sink || !newest) return;
    sink.setKey(newest.keyIndex, newest.key);
    sink.useKey(newest.keyIndex);
  }

  get keyIndex(): number | null {
    return this.keys.newest?.keyIndex ?? null;
  }

  setMembers(members: readonly CallMember[]): void {
    this.wanted = members;
    for (const memberId of [...this.packages.keys(), ...this.asked.keys()]) {
      if (members.some(({ connectionId }) => connectionId === memberId)) continue;
      this.packages.delete(memberId);
      this.asked.delete(memberId);
    }
    this.update();
  }

  /** The roster changed, or a timer came: look again. */
  update(): void {
    if (this.working) this.again = true;
    else void this.work();
  }

  onMessage(connectionId: ConnectionId, message: MemberToGateway): 'taken' | 'not-a-member' {
    const member = this.wanted.find((each) => each.connectionId === connectionId);
    if (!member || message.legId !== member.legId) return 'not-a-member';
    const { legId } = member;
    switch (message.type) {
      case 'key-package':
        this.packages.set(connectionId, {
          memberId: connectionId,
          publicKey: member.publicKey,
          keyPackage: base64ToBytes(message.keyPackage),
          certificate: message.deviceCertificate,
        });
        this.update();
        return 'taken';
      case 'joined':
        if (this.keys.newest?.generation === message.generation && this.host?.memberIds.includes(connectionId)) {
          const { generation, keyIndex } = this.keys.newest;
          this.options.report({ type: 'member-joined', legId, connectionId, generation, keyIndex });
        }
        return 'taken';
      case 'failed':
        this.options.report({ type: 'member-failed', legId, connectionId, reason: message.reason });
        return 'taken';
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.askTimer);
    this.keys.drop();
  }

  private async work(): Promise<void> {
    this.working = true;
    do {
      this.again = false;
      try {
        await this.reconcile();
      } catch {
        // ts-mls throws on what a commit can't hold; nothing changed, and the next turn starts from the group as it is.
        this.askLater();
      }
    } while (this.again && !this.closed);
    this.working = false;
  }

  private async reconcile(): Promise<void> {
    if (this.closed || (!this.host && this.wanted.length === 0)) return;
    const settings = await this.options.settings();
    // No roster yet: nobody can be checked, so nobody comes in.
    if (!settings) return this.askLater();
    this.host ??= await CallGroupHost.create(settings, this.options.start);
    const present = this.host.memberIds;
    const wantedIds = new Set<string>(this.wanted.map(({ connectionId }) => connectionId));
    const someoneLeft = present.some((memberId) => !wantedIds.has(memberId));
    const isOld = present.length > 0 && performance.now() - this.groupedMs > ROTATE_EVERY_MS;
    if (someoneLeft || isOld) return this.regroup(this.host, someoneLeft);
    const waiting = this.wanted.filter(({ connectionId }) => !present.includes(connectionId));
    const ready = this.takePackages(waiting);
    if (ready.length > 0) this.publish(await this.host.addMembers(ready), present.length > 0 ? SEND_AFTER_MS : 0);
    const missing = waiting.filter(({ connectionId }) => !ready.some((c) => c.memberId === connectionId));
    // With several on the call each has a key package in store here, so that those who stay needn't be waited for.
    const spare = this.wanted.length > 1 ? this.withoutPackage.filter((member) => !waiting.includes(member)) : [];
    if (missing.length + spare.length > 0) this.askFor([...missing, ...spare]);
  }

  /** A new generation. If nobody stays it comes at once; otherwise those who stay are given a moment to be in it. */
  private async regroup(host: CallGroupHost, someoneLeft: boolean): Promise<void> {
    // Who left still has the key: not one frame more under it.
    if (someoneLeft) this.keys.drop();
    const missing = this.withoutPackage;
    if (missing.length > 0 && this.regroupUntilMs === undefined) {
      this.regroupUntilMs = performance.now() + REGROUP_WITHIN_MS;
      return this.askFor(missing, REGROUP_WITHIN_MS);
    }
    if (missing.length > 0 && performance.now() < this.regroupUntilMs!) return this.askLater(100);
    if (!someoneLeft && missing.length > 0) {
      // The hourly change can wait for a member who is slow; a departure can't.
      this.regroupUntilMs = undefined;
      return this.askFor(missing);
    }
    this.regroupUntilMs = undefined;
    const change = await host.replaceMembers(this.takePackages(this.wanted));
    this.publish(change, someoneLeft ? 0 : SEND_AFTER_MS);
    this.again = true;
  }

  private get withoutPackage(): CallMember[] {
    return this.wanted.filter(({ connectionId }) => !this.packages.has(connectionId));
  }

  private takePackages(members: readonly CallMember[]): Candidate[] {
    return members.flatMap(({ connectionId }) => {
      const candidate = this.packages.get(connectionId);
      this.packages.delete(connectionId);
      if (candidate) this.asked.delete(connectionId);
      return candidate ?? [];
    });
  }

  private publish(change: GroupChange, useAfterMs: number): void {
    if (this.closed) return;
    this.groupedMs = performance.now();
    const { generation } = change.media;
    // The key before the messages: whoever joins may send at once.
    this.install(this.host!.memberIds.length > 0 ? change.media : null, useAfterMs);
    for (const { legId, connectionId } of this.wanted) {
      const welcome = change.welcomes.get(connectionId);
      const refusal = change.refused.get(connectionId);
      if (welcome) {
        const deviceCertificates = [...welcome.certificates];
        this.options.send(connectionId, {
          type: 'welcome',
          legId,
          generation,
          welcome: bytesToBase64(welcome.welcome),
          deviceCertificates,
        });
      } else if (change.commit?.recipients.includes(connectionId)) {
        const { commit, certificates } = change.commit;
        this.options.send(connectionId, {
          type: 'commit',
          legId,
          generation,
          commit: bytesToBase64(commit),
          deviceCertificates: [...certificates],
        });
      } else if (refusal) {
        this.options.report({ type: 'member-failed', legId, connectionId, reason: `key-package-${refusal}` });
      }
    }
  }

  /** @param useAfterMs 0: the old key is gone at once, for somebody who left still has it */
  private install(media: MediaKey | null, useAfterMs: number): void {
    if (useAfterMs === 0 || !media) this.keys.drop();
    if (media) this.keys.install(media, useAfterMs);
  }

  private askFor(members: readonly CallMember[], againMs = ASK_AGAIN_MS): void {
    const generation = this.host?.media.generation ?? 0;
    const nowMs = performance.now();
    for (const { legId, connectionId } of members) {
      const asked = this.asked.get(connectionId) ?? { atMs: -Infinity, times: 0 };
      if (nowMs - asked.atMs < Math.min(ASK_AGAIN_MS * 2 ** (asked.times - 1), LONGEST_ASK_MS)) continue;
      this.asked.set(connectionId, { atMs: nowMs, times: asked.times + 1 });
      this.options.send(connectionId, { type: 'key-package-request', legId, generation });
    }
    this.askLater(againMs);
  }

  private askLater(afterMs = ASK_AGAIN_MS): void {
    clearTimeout(this.askTimer);
    if (this.closed || this.wanted.length === 0) return;
    this.askTimer = setTimeout(() => this.update(), afterMs);
  }
}
