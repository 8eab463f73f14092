import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import {
  createCommit,
  createGroup,
  encodeMlsMessage,
  zeroOutUint8Array,
  type ClientState,
  type KeyPackage,
  type LeafNode,
  type Welcome,
} from 'ts-mls';
import { bytesToHex } from './bytes.ts';
import { callGroupSuite } from './call-group-suite.ts';
import {
  CertifiedKeys,
  clientConfigOf,
  isFlat,
  KEY_INDEXES,
  leavesOf,
  mediaKeyOf,
  toGroupId,
  Turns,
  type CallGroupSettings,
  type GroupName,
  type MediaKey,
} from './call-group.ts';
import { checkCandidate, makeKeyPackage, type Candidate, type CandidateRefusal } from './key-package.ts';

/** What came of a change of the group. Media under `media` may be sent once the messages had time to arrive. */
export interface GroupChange {
  readonly media: MediaKey;
  /** One for each new member, to be sent to that member. */
  readonly welcomes: ReadonlyMap<
    string,
    { readonly welcome: Uint8Array; readonly certificates: readonly NostrEvent[] }
  >;
  /** For each member that was there before, null when there was none or the group is new. */
  readonly commit: {
    readonly recipients: readonly string[];
    readonly commit: Uint8Array;
    readonly certificates: readonly NostrEvent[];
  } | null;
  readonly refused: ReadonlyMap<string, CandidateRefusal>;
}

const FIRST_HOST = { firstGeneration: 0, firstKeyIndex: 0 };

interface Group {
  readonly name: GroupName;
  readonly state: ClientState;
  /** In the order of their leaves, the gateway's own (leaf 0) left out. */
  readonly members: readonly { readonly memberId: string; readonly keyPackage: KeyPackage }[];
}

/**
 * The gateway's side of a call group, and the only one that commits. Every commit is Add-only; whoever leaves, is removed,
 * reloads the page, and every hour: a new group ("generation") of those who stay (docs/adr/0003). No Remove, Update or
 * path is ever made, so the removal faults of ts-mls have nothing to bite on.
 */
export class CallGroupHost {
  readonly #settings: CallGroupSettings;
  readonly #certifiedKeys: CertifiedKeys;
  readonly #usedInitKeys = new Set<string>();
  readonly #turns = new Turns();
  #group: Group;
  #media: MediaKey;

  private constructor(settings: CallGroupSettings, certifiedKeys: CertifiedKeys, group: Group, media: MediaKey) {
    this.#settings = settings;
    this.#certifiedKeys = certifiedKeys;
    this.#group = group;
    this.#media = media;
  }

  /**
   * A group with the gateway alone. Its media key is known to nobody else: frames sealed with it are silence to all.
   * `start` continues the count of a gateway that had the call before: members refuse generations they have left behind.
   */
  static async create(
    settings: CallGroupSettings,
    start: { readonly firstGeneration: number; readonly firstKeyIndex: number } = FIRST_HOST,
  ): Promise<CallGroupHost> {
    const certifiedKeys = new CertifiedKeys(settings);
    certifiedKeys.learn([settings.device.certificate]);
    const name = { callId: settings.callId, generation: start.firstGeneration, firstKeyIndex: start.firstKeyIndex };
    const state = await createEmptyGroup(settings, certifiedKeys, name);
    const media = await mediaKeyOf(state, name);
    return new CallGroupHost(settings, certifiedKeys, { name, state, members: [] }, media);
  }

  get media(): MediaKey {
    return this.#media;
  }

  get memberIds(): string[] {
    return this.#group.members.map((member) => member.memberId);
  }

  /** Key packages are checked one by one; a bad one is refused by itself. With none left nothing changes. */
  addMembers(candidates: readonly Candidate[]): Promise<GroupChange> {
    return this.#turns.take(async () => {
      const { accepted, refused } = await this.#check(candidates, this.#group);
      if (accepted.length === 0) return { media: this.#media, welcomes: new Map(), commit: null, refused };
      return this.#commit(this.#group, accepted, refused);
    });
  }

  /**
   * A new generation of exactly these members, each with a key package not used before. Those not named are out: nothing
   * they hold leads to the new key. One whose key package is refused is out too; `refused` says so.
   */
  replaceMembers(candidates: readonly Candidate[]): Promise<GroupChange> {
    return this.#turns.take(async () => {
      const name = this.#nextName();
      const state = await createEmptyGroup(this.#settings, this.#certifiedKeys, name);
      const empty: Group = { name, state, members: [] };
      const { accepted, refused } = await this.#check(candidates, empty);
      if (accepted.length > 0) return this.#commit(empty, accepted, refused);
      this.#group = empty;
      this.#media = await mediaKeyOf(state, name);
      return { media: this.#media, welcomes: new Map(), commit: null, refused };
    });
  }

  /** The index after the last one used, so that two live memberships never share one. */
  #nextName(): GroupName {
    return {
      callId: this.#settings.callId,
      generation: this.#group.name.generation + 1,
      firstKeyIndex: (this.#media.keyIndex + 1) % KEY_INDEXES,
    };
  }

  async #check(candidates: readonly Candidate[], group: Group) {
    const accepted: { memberId: string; keyPackage: KeyPackage }[] = [];
    const refused = new Map<string, CandidateRefusal>();
    for (const candidate of candidates) {
      const { memberId } = candidate;
      const checked = await checkCandidate(candidate, this.#settings, this.#certifiedKeys);
      if (checked.outcome === 'refused') {
        refused.set(memberId, checked.reason);
        continue;
      }
      const { keyPackage } = checked;
      const initKey = bytesToHex(keyPackage.initKey);
      if (this.#usedInitKeys.has(initKey)) {
        refused.set(memberId, 'used-before');
      } else if (isPresent(memberId, keyPackage, [...group.members, ...accepted], group.state)) {
        refused.set(memberId, 'already-in-the-group');
      } else {
        this.#usedInitKeys.add(initKey);
        accepted.push({ memberId, keyPackage });
      }
    }
    return { accepted, refused };
  }

  async #commit(
    group: Group,
    added: readonly { memberId: string; keyPackage: KeyPackage }[],
    refused: GroupChange['refused'],
  ): Promise<GroupChange> {
    const result = await createCommit(
      { state: group.state, cipherSuite: await callGroupSuite() },
      {
        extraProposals: added.map(({ keyPackage }) => ({ proposalType: 'add', add: { keyPackage } }) as const),
        ratchetTreeExtension: true,
      },
    );
    const { newState, welcome } = result;
    if (!welcome || !isFlat(newState)) throw new Error('An Add-only commit made a tree that is not flat');
    result.consumed.forEach(zeroOutUint8Array);
    const recipients = group.members.map((member) => member.memberId);
    this.#group = { name: group.name, state: newState, members: [...group.members, ...added] };
    this.#media = await mediaKeyOf(newState, group.name);
    return {
      media: this.#media,
      welcomes: new Map(added.map(({ memberId }) => [memberId, this.#welcomeFor(welcome, newState)])),
      commit:
        recipients.length === 0
          ? null
          : {
              recipients,
              commit: encodeMlsMessage(result.commit),
              certificates: this.#certificates(added.map(({ keyPackage }) => keyPackage.leafNode)),
            },
      refused,
    };
  }

  #welcomeFor(welcome: Welcome, state: ClientState) {
    return {
      welcome: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
      certificates: this.#certificates(leavesOf(state)),
    };
  }

  #certificates(leaves: readonly LeafNode[]): NostrEvent[] {
    return leaves.flatMap((leaf) => this.#certifiedKeys.certificateOf(leaf) ?? []);
  }
}

function isPresent(
  memberId: string,
  { leafNode }: KeyPackage,
  members: readonly { memberId: string; keyPackage: KeyPackage }[],
  state: ClientState,
): boolean {
  const keys = [...members.map((member) => member.keyPackage.leafNode), ...leavesOf(state)].flatMap((leaf) => [
    bytesToHex(leaf.signaturePublicKey),
    bytesToHex(leaf.hpkePublicKey),
  ]);
  return (
    members.some((member) => member.memberId === memberId) ||
    keys.includes(bytesToHex(leafNode.signaturePublicKey)) ||
    keys.includes(bytesToHex(leafNode.hpkePublicKey))
  );
}

async function createEmptyGroup(
  settings: CallGroupSettings,
  certifiedKeys: CertifiedKeys,
  name: GroupName,
): Promise<ClientState> {
  const own = await makeKeyPackage(settings);
  return createGroup(
    toGroupId(name),
    own.publicPackage,
    own.privatePackage,
    [],
    await callGroupSuite(),
    clientConfigOf(certifiedKeys),
  );
}
