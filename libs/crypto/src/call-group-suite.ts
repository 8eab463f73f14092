import {
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type Capabilities,
  type CiphersuiteImpl,
  type CiphersuiteName,
} from 'ts-mls';

/** RFC 9420 suite 1, the one every implementation has, over WebCrypto. */
export const SUITE_NAME: CiphersuiteName = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';

let suite: Promise<CiphersuiteImpl> | undefined;

/** Needs a secure context in the browser (`crypto.subtle`). */
export function callGroupSuite(): Promise<CiphersuiteImpl> {
  suite ??= getCiphersuiteImpl(getCiphersuiteFromName(SUITE_NAME));
  return suite;
}

/** Exactly what we use, without the random GREASE values of ts-mls's default: what we send is the same each time. */
export const CAPABILITIES: Capabilities = {
  versions: ['mls10'],
  ciphersuites: [SUITE_NAME],
  extensions: [],
  proposals: [],
  credentials: ['basic'],
};
