import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { CallId, type PublicKeyHex } from '@ringdown/protocol/ids';
import {
  decodeMlsMessage,
  defaultKeyPackageEqualityConfig,
  defaultKeyRetentionConfig,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  mlsExporter,
  type AuthenticationService,
  type ClientConfig,
  type ClientState,
  type LeafNode,
  type MLSMessage,
} from 'ts-mls';
import { bytesToHex, bytesToUtf8, utf8ToBytes } from './bytes.ts';
import { callGroupSuite } from './call-group-suite.ts';
import { verifyDeviceCertificate, type CertifiedKey, type Device } from './device-certificate.ts';
import { Refusal } from './refusal.ts';
import type { Roster, RosterRole } from './roster.ts';

/** LiveKit's key index is one byte, its key ring holds 16. */
export const KEY_INDEXES = 16;

/** Our pair of exporter label and context (RFC 9420 §8.5): the label is never used for anything else. */
const MEDIA_LABEL = 'burrow-media-v1';
const MEDIA_KEY_BYTES = 32;

/** What seals the frames of one membership of a call. */
export interface MediaKey {
  /** 32 bytes, LiveKit's shared key (raw, HKDF). */
  readonly key: Uint8Array;
  /** 0…15; the last byte of every frame. */
  readonly keyIndex: number;
  readonly generation: number;
  readonly epoch: number;
}

/** What both sides of a call group need. */
export interface CallGroupSettings {
  readonly callId: CallId;
  readonly device: Device;
  /** The newest accepted roster, read at every check: it may change during a call. */
  readonly roster: () => Roster;
  /** Of the server; device certificates are bound to it. */
  readonly origin: string;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
}

export interface GroupMember {
  readonly publicKey: PublicKeyHex;
  /** Null: no longer in the newest roster. */
  readonly role: RosterRole | null;
}

export type CallGroupRefusalReason =
  | 'malformed'
  | 'not-for-us'
  | 'foreign-ciphersuite'
  | 'wrong-call'
  | 'stale-generation'
  | 'creator-not-a-gateway'
  | 'second-gateway'
  | 'not-flat'
  | 'uncertified-member'
  | 'commit-not-add-only'
  | 'not-in-a-group'
  | 'not-verifiable';

/** A Welcome or Commit that a member doesn't follow; the group is as it was before. */
export class CallGroupRefusal extends Refusal<CallGroupRefusalReason> {
  constructor(reason: CallGroupRefusalReason, options?: ErrorOptions) {
    super('Call group message', reason, options);
  }
}

export interface GroupName {
  readonly callId: CallId;
  /** Grows by one with every new group of the call. */
  readonly generation: number;
  /** Key index of the group's epoch 0. */
  readonly firstKeyIndex: number;
}

/** `call_id/generation/firstKeyIndex`, UTF-8. */
export const toGroupId = (name: GroupName): Uint8Array =>
  utf8ToBytes(`${name.callId}/${name.generation}/${name.firstKeyIndex}`);

/** Null when the bytes aren't the one way to write a group's name. */
export function parseGroupId(groupId: Uint8Array): GroupName | null {
  const parts = splitGroupId(groupId);
  if (!parts) return null;
  const callId = CallId.safeParse(parts[1]);
  if (!callId.success) return null;
  const name = { callId: callId.data, generation: Number(parts[2]), firstKeyIndex: Number(parts[3]) };
  return name.firstKeyIndex < KEY_INDEXES ? name : null;
}

function splitGroupId(groupId: Uint8Array): RegExpExecArray | null {
  try {
    return /^([0-9a-f-]{36})\/(0|[1-9]\d{0,6})\/(0|[1-9]\d?)$/.exec(bytesToUtf8(groupId));
  } catch {
    // Not UTF-8, so not one of ours.
    return null;
  }
}

/** MLS-Exporter("burrow-media-v1", utf8(lower-case call id), 32), RFC 9420 §8.5. */
export async function exportMediaKey(exporterSecret: Uint8Array, callId: CallId): Promise<Uint8Array> {
  const context = utf8ToBytes(callId.toLowerCase());
  return mlsExporter(exporterSecret, MEDIA_LABEL, context, MEDIA_KEY_BYTES, await callGroupSuite());
}

export async function mediaKeyOf(state: ClientState, name: GroupName): Promise<MediaKey> {
  const epoch = Number(state.groupContext.epoch);
  return {
    key: await exportMediaKey(state.keySchedule.exporterSecret, name.callId),
    keyIndex: (name.firstKeyIndex + epoch) % KEY_INDEXES,
    generation: name.generation,
    epoch,
  };
}

/** Null when the bytes aren't exactly one MLS message. */
export function parseMlsMessage(bytes: Uint8Array): MLSMessage | null {
  try {
    const decoded = decodeMlsMessage(bytes, 0);
    return decoded !== undefined && decoded[1] === bytes.length ? decoded[0] : null;
  } catch {
    // The decoder throws or returns undefined, depending on where the bytes end.
    return null;
  }
}

export function leavesOf(state: ClientState): LeafNode[] {
  return state.ratchetTree.flatMap((node) => (node?.nodeType === 'leaf' ? [node.leaf] : []));
}

/**
 * A flat group is made of Adds alone: no parent node was ever filled in, no leaf blanked or updated. ts-mls 1.6.4 refuses
 * valid trees that aren't flat (docs/adr/0003), and in a flat group a member can't have been removed half-way.
 */
export function isFlat(state: ClientState): boolean {
  const used = state.ratchetTree.findLastIndex((node) => node !== undefined) + 1;
  return state.ratchetTree
    .slice(0, used)
    .every((node, at) =>
      at % 2 === 1 ? node === undefined : node?.nodeType === 'leaf' && node.leaf.leafNodeSource === 'key_package',
    );
}

/** RFC 9420 §5.3.3: the leaf says which call it was made for, under its own signature. */
export const callIdExtension = (callId: CallId) =>
  ({ extensionType: 'application_id', extensionData: utf8ToBytes(callId) }) as const;

export function isMadeForCall(leaf: LeafNode, callId: CallId): boolean {
  const ids = leaf.extensions.filter((extension) => extension.extensionType === 'application_id');
  return ids.length === 1 && bytesToHex(ids[0]?.extensionData ?? new Uint8Array()) === bytesToHex(utf8ToBytes(callId));
}

/**
 * Which Nostr keys stand behind which leaves. ts-mls asks it for every leaf it takes into a tree; a leaf passes when its
 * signature key has a certificate by the very key in its credential and that key is in the roster.
 */
export class CertifiedKeys implements AuthenticationService {
  readonly #settings: CallGroupSettings;
  readonly #known = new Set<string>();
  readonly #bySignatureKey = new Map<string, { certified: CertifiedKey; certificate: NostrEvent }>();

  constructor(settings: CallGroupSettings) {
    this.#settings = settings;
  }

  /** Takes those certificates that are valid; the rest changes nothing. */
  learn(certificates: readonly NostrEvent[]): void {
    for (const certificate of certificates) {
      // The same ones come with every Welcome, and a signature costs 2 ms to check.
      if (this.#known.has(certificate.id)) continue;
      const checked = verifyDeviceCertificate(certificate, {
        origin: this.#settings.origin,
        nowMs: this.#settings.clock(),
      });
      if (checked.outcome === 'refused') continue;
      this.#known.add(certificate.id);
      this.#bySignatureKey.set(checked.certified.signatureKey, { certified: checked.certified, certificate });
    }
  }

  /** Throws rather than answers false: ts-mls would turn that into an error that doesn't tell a stranger from a forgery. */
  async validateCredential(credential: LeafNode['credential'], signatureKey: Uint8Array): Promise<boolean> {
    if (this.memberOf({ credential, signaturePublicKey: signatureKey })) return true;
    throw new CallGroupRefusal('uncertified-member');
  }

  /** Null: not certified, expired or not in the roster. */
  memberOf(
    leaf: Pick<LeafNode, 'credential' | 'signaturePublicKey'>,
  ): { publicKey: PublicKeyHex; role: RosterRole } | null {
    const known = this.#bySignatureKey.get(bytesToHex(leaf.signaturePublicKey));
    if (!known || leaf.credential.credentialType !== 'basic') return null;
    const { publicKey, expiresAt } = known.certified;
    if (bytesToHex(leaf.credential.identity) !== publicKey || expiresAt <= this.#settings.clock()) return null;
    const role = this.#settings.roster().roles.get(publicKey);
    return role ? { publicKey, role } : null;
  }

  certificateOf(leaf: Pick<LeafNode, 'signaturePublicKey'>): NostrEvent | null {
    return this.#bySignatureKey.get(bytesToHex(leaf.signaturePublicKey))?.certificate ?? null;
  }

  /** The Nostr key a leaf was certified for, whatever has become of it since. */
  publicKeyOf(leaf: Pick<LeafNode, 'signaturePublicKey'>): PublicKeyHex | null {
    return this.#bySignatureKey.get(bytesToHex(leaf.signaturePublicKey))?.certified.publicKey ?? null;
  }
}

export const clientConfigOf = (certifiedKeys: CertifiedKeys): ClientConfig => ({
  authService: certifiedKeys,
  // We send no application messages, so nothing of an earlier epoch is ever opened. Zero would keep all (slice(-0)).
  keyRetentionConfig: { ...defaultKeyRetentionConfig, retainKeysForEpochs: 1 },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  lifetimeConfig: defaultLifetimeConfig,
  paddingConfig: defaultPaddingConfig,
});

/** Runs one after the other: an MLS state must not be read by one change while another makes the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change, change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
