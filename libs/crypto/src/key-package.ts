import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { hexToBytes } from './bytes.ts';
import {
  encodeMlsMessage,
  generateKeyPackageWithKey,
  type CiphersuiteImpl,
  type KeyPackage,
  type PrivateKeyPackage,
} from 'ts-mls';
// ts-mls validates a key package only while it commits; one bad candidate would then spoil the commit of the others.
import { verifyKeyPackage as verifyPackageSignature } from 'ts-mls/keyPackage.js';
import { verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js';
import { CAPABILITIES, SUITE_NAME, callGroupSuite } from './call-group-suite.ts';
import {
  callIdExtension,
  isMadeForCall,
  parseMlsMessage,
  type CallGroupSettings,
  type CertifiedKeys,
} from './call-group.ts';
import { equalBytes } from './bytes.ts';
import { toSeconds } from './signed-event.ts';

const LIFETIME_S = 24 * 3600;
const MAX_LIFETIME_S = 7 * 24 * 3600;
/** Before now, for clocks that run behind. */
const BACKDATED_S = 3600;

export interface OwnKeyPackage {
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;
  /** MLSMessage (mls_key_package). */
  readonly bytes: Uint8Array;
}

export async function makeKeyPackage({ callId, device, clock }: CallGroupSettings): Promise<OwnKeyPackage> {
  const nowS = toSeconds(clock());
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: hexToBytes(device.publicKey) },
    CAPABILITIES,
    { notBefore: BigInt(nowS - BACKDATED_S), notAfter: BigInt(nowS + LIFETIME_S) },
    [],
    { signKey: device.signatureKey.privateKey, publicKey: device.signatureKey.publicKey },
    await callGroupSuite(),
    [callIdExtension(callId)],
  );
  const bytes = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage });
  return { publicPackage, privatePackage, bytes };
}

/** Someone who is to be let into the group, by one connection. */
export interface Candidate {
  /** The caller's own name for the membership, its leg id. */
  readonly memberId: string;
  /** Who the API says it is; the key package must say so too. */
  readonly publicKey: string;
  readonly keyPackage: Uint8Array;
  readonly certificate: NostrEvent;
}

export type CandidateRefusal =
  | 'malformed'
  | 'foreign-ciphersuite'
  | 'wrong-call'
  | 'another-person'
  | 'not-certified'
  | 'gateway-not-wanted'
  | 'outside-lifetime'
  | 'bad-signature'
  | 'used-before'
  | 'already-in-the-group';

export type CandidateOutcome =
  | { readonly outcome: 'accepted'; readonly keyPackage: KeyPackage }
  | { readonly outcome: 'refused'; readonly reason: CandidateRefusal };

/** Everything that a key package can be checked for by itself. `certifiedKeys` learns the certificate. */
export async function checkCandidate(
  candidate: Candidate,
  settings: CallGroupSettings,
  certifiedKeys: CertifiedKeys,
): Promise<CandidateOutcome> {
  const message = parseMlsMessage(candidate.keyPackage);
  if (message?.wireformat !== 'mls_key_package') return refused('malformed');
  const { keyPackage } = message;
  const { leafNode } = keyPackage;
  if (keyPackage.cipherSuite !== SUITE_NAME || keyPackage.version !== 'mls10') return refused('foreign-ciphersuite');
  if (!isMadeForCall(leafNode, settings.callId)) return refused('wrong-call');
  if (!isWithinLifetime(keyPackage, toSeconds(settings.clock()))) return refused('outside-lifetime');
  certifiedKeys.learn([candidate.certificate]);
  const member = certifiedKeys.memberOf(leafNode);
  if (!member) return refused('not-certified');
  if (member.publicKey !== candidate.publicKey) return refused('another-person');
  if (member.role === 'gateway') return refused('gateway-not-wanted');
  if (!(await isSelfSigned(keyPackage, await callGroupSuite()))) return refused('bad-signature');
  return { outcome: 'accepted', keyPackage };
}

function isWithinLifetime({ leafNode }: KeyPackage, nowS: number): boolean {
  if (leafNode.leafNodeSource !== 'key_package') return false;
  const { notBefore, notAfter } = leafNode.lifetime;
  return notBefore <= BigInt(nowS) && notAfter > BigInt(nowS) && notAfter - notBefore <= BigInt(MAX_LIFETIME_S);
}

async function isSelfSigned(keyPackage: KeyPackage, suite: CiphersuiteImpl): Promise<boolean> {
  const { leafNode } = keyPackage;
  if (leafNode.leafNodeSource !== 'key_package' || !leafNode.capabilities.credentials.includes('basic')) return false;
  // RFC 9420 §10.1: the two keys must differ.
  if (equalBytes(keyPackage.initKey, leafNode.hpkePublicKey)) return false;
  try {
    return (
      (await verifyLeafNodeSignatureKeyPackage(leafNode, suite.signature)) &&
      (await verifyPackageSignature(keyPackage, suite.signature)) &&
      (await isPublicKey(keyPackage.initKey, suite)) &&
      (await isPublicKey(leafNode.hpkePublicKey, suite))
    );
  } catch {
    // WebCrypto throws on keys and signatures of a wrong length: not signed, that is.
    return false;
  }
}

async function isPublicKey(bytes: Uint8Array, suite: CiphersuiteImpl): Promise<boolean> {
  await suite.hpke.importPublicKey(bytes);
  return bytes.length === 32;
}

const refused = (reason: CandidateRefusal): CandidateOutcome => ({ outcome: 'refused', reason });
