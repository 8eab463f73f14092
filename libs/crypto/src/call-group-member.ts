import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { emptyPskIndex, joinGroup, processMessage, zeroOutUint8Array, type ClientState, type Welcome } from 'ts-mls';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
// joinGroup doesn't say who signed the Welcome, and any member of a tree could.
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js';
import { equalBytes } from './bytes.ts';
import { callGroupSuite, SUITE_NAME } from './call-group-suite.ts';
import {
  CallGroupRefusal,
  CertifiedKeys,
  clientConfigOf,
  isFlat,
  isMadeForCall,
  leavesOf,
  mediaKeyOf,
  parseGroupId,
  parseMlsMessage,
  Turns,
  type CallGroupSettings,
  type GroupMember,
  type GroupName,
  type MediaKey,
} from './call-group.ts';
import { makeKeyPackage, type OwnKeyPackage } from './key-package.ts';

/** Key packages handed out and not used yet; the oldest falls out. */
const MAX_PENDING = 8;
/** The creator of a group; in a flat one it is also the only one who ever commits. */
const CREATOR = 0;

/**
 * One browser's side of a call group. It never commits: it takes the gateway's Welcomes and Add-only commits, each checked
 * against the roster, or refuses them with a `CallGroupRefusal` and stays where it was.
 */
export class CallGroupMember {
  readonly #settings: CallGroupSettings;
  readonly #turns = new Turns();
  #pending: OwnKeyPackage[] = [];
  readonly #certifiedKeys: CertifiedKeys;
  #joined: { name: GroupName; state: ClientState; media: MediaKey } | null = null;
  #newestGeneration = -1;

  constructor(settings: CallGroupSettings) {
    this.#settings = settings;
    this.#certifiedKeys = new CertifiedKeys(settings);
    this.#certifiedKeys.learn([settings.device.certificate]);
  }

  /** Null: in no group. */
  get media(): MediaKey | null {
    return this.#joined?.media ?? null;
  }

  /** The certified people behind the leaves, the gateway first, with their roles in the newest roster. */
  get members(): GroupMember[] {
    const joined = this.#joined;
    if (!joined) return [];
    return leavesOf(joined.state).flatMap((leaf) => {
      const publicKey = this.#certifiedKeys.publicKeyOf(leaf);
      return publicKey ? [{ publicKey, role: this.#settings.roster().roles.get(publicKey) ?? null }] : [];
    });
  }

  /** Everyone in the group is still in the newest roster. */
  get verified(): boolean {
    const members = this.members;
    return members.length > 0 && members.every((member) => member.role !== null);
  }

  /** MLSMessage (mls_key_package) and the certificate that goes with it. */
  async createKeyPackage(): Promise<{ keyPackage: Uint8Array; certificate: NostrEvent }> {
    const own = await makeKeyPackage(this.#settings);
    this.#pending = [...this.#pending, own].slice(-MAX_PENDING);
    return { keyPackage: own.bytes, certificate: this.#settings.device.certificate };
  }

  /** The first group, or a newer generation, which takes the place of the one before. */
  join(welcome: Uint8Array, certificates: readonly NostrEvent[]): Promise<MediaKey> {
    return this.#turns.take(() => refusing(() => this.#join(welcome, certificates)));
  }

  /** A commit of the group we are in. */
  process(commit: Uint8Array, certificates: readonly NostrEvent[]): Promise<MediaKey> {
    return this.#turns.take(() => refusing(() => this.#process(commit, certificates)));
  }

  /** Forgets the group and every key package handed out. */
  leave(): Promise<void> {
    return this.#turns.take(async () => {
      this.#joined = null;
      this.#pending = [];
    });
  }

  async #join(bytes: Uint8Array, certificates: readonly NostrEvent[]): Promise<MediaKey> {
    const message = parseMlsMessage(bytes);
    if (message?.wireformat !== 'mls_welcome') throw new CallGroupRefusal('malformed');
    const { welcome } = message;
    if (welcome.cipherSuite !== SUITE_NAME) throw new CallGroupRefusal('foreign-ciphersuite');
    const own = await this.#findAddressed(welcome);
    if (!own) throw new CallGroupRefusal('not-for-us');
    const name = await this.#checkGroupInfo(welcome, own);

    this.#certifiedKeys.learn(certificates);
    const suite = await callGroupSuite();
    const config = clientConfigOf(this.#certifiedKeys);
    const { publicPackage, privatePackage } = own;
    const state = await joinGroup(
      welcome,
      publicPackage,
      privatePackage,
      emptyPskIndex,
      suite,
      undefined,
      undefined,
      config,
    );
    checkMembership(state, this.#certifiedKeys, name);

    const media = await mediaKeyOf(state, name);
    this.#joined = { name, state, media };
    this.#newestGeneration = name.generation;
    this.#pending = this.#pending.filter((pending) => pending !== own);
    zeroOutUint8Array(privatePackage.initPrivateKey);
    return media;
  }

  async #findAddressed(welcome: Welcome): Promise<OwnKeyPackage | null> {
    const { hash } = await callGroupSuite();
    for (const own of this.#pending) {
      const ref = await makeKeyPackageRef(own.publicPackage, hash);
      if (welcome.secrets.some((secret) => equalBytes(secret.newMember, ref))) return own;
    }
    return null;
  }

  /** What joinGroup doesn't look at: the name of the group and who vouches for it. */
  async #checkGroupInfo(welcome: Welcome, own: OwnKeyPackage): Promise<GroupName> {
    const suite = await callGroupSuite();
    const { publicPackage, privatePackage } = own;
    const initKey = await suite.hpke.importPrivateKey(privatePackage.initPrivateKey);
    const secrets = await decryptGroupSecrets(
      initKey,
      await makeKeyPackageRef(publicPackage, suite.hash),
      welcome,
      suite.hpke,
    );
    if (!secrets || secrets.psks.length > 0 || secrets.pathSecret) throw new CallGroupRefusal('not-flat');
    const info = await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(suite.kdf.size), suite);
    if (!info) throw new CallGroupRefusal('malformed');
    if (info.signer !== CREATOR) throw new CallGroupRefusal('creator-not-a-gateway');
    const name = parseGroupId(info.groupContext.groupId);
    if (!name || name.callId !== this.#settings.callId) throw new CallGroupRefusal('wrong-call');
    if (name.generation <= this.#newestGeneration) throw new CallGroupRefusal('stale-generation');
    if (info.groupContext.extensions.length > 0) throw new CallGroupRefusal('malformed');
    return name;
  }

  async #process(bytes: Uint8Array, certificates: readonly NostrEvent[]): Promise<MediaKey> {
    const joined = this.#joined;
    if (!joined) throw new CallGroupRefusal('not-in-a-group');
    const message = parseMlsMessage(bytes);
    if (message?.wireformat !== 'mls_private_message') throw new CallGroupRefusal('malformed');
    this.#certifiedKeys.learn(certificates);
    let addOnly = false;
    const result = await processMessage(
      message,
      joined.state,
      emptyPskIndex,
      (incoming) => {
        addOnly =
          incoming.kind === 'commit' &&
          incoming.senderLeafIndex === CREATOR &&
          incoming.proposals.length > 0 &&
          incoming.proposals.every(({ proposal }) => proposal.proposalType === 'add');
        return addOnly ? 'accept' : 'reject';
      },
      await callGroupSuite(),
    );
    // Also an application message, which never asks the callback.
    if (result.kind !== 'newState' || !addOnly) throw new CallGroupRefusal('commit-not-add-only');
    checkMembership(result.newState, this.#certifiedKeys, joined.name);
    result.consumed.forEach(zeroOutUint8Array);
    const media = await mediaKeyOf(result.newState, joined.name);
    this.#joined = { ...joined, state: result.newState, media };
    return media;
  }
}

/** One gateway, at leaf 0; everybody certified, in the roster and here for this call. */
function checkMembership(state: ClientState, certifiedKeys: CertifiedKeys, name: GroupName): void {
  if (!isFlat(state)) throw new CallGroupRefusal('not-flat');
  const leaves = leavesOf(state);
  if (!leaves.every((leaf) => isMadeForCall(leaf, name.callId))) throw new CallGroupRefusal('wrong-call');
  const roles = leaves.map((leaf) => certifiedKeys.memberOf(leaf)?.role ?? null);
  if (roles[CREATOR] !== 'gateway') throw new CallGroupRefusal('creator-not-a-gateway');
  if (roles.slice(1).includes('gateway')) throw new CallGroupRefusal('second-gateway');
  if (roles.includes(null)) throw new CallGroupRefusal('uncertified-member');
}

/** ts-mls has its own errors, whose texts name fields of the message. */
async function refusing<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (cause instanceof CallGroupRefusal) throw cause;
    throw new CallGroupRefusal('not-verifiable', { cause });
  }
}
