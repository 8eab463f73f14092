import { bytesToHex, hexToBytes } from '@ringdown/crypto/bytes';
import { createDevice, type Device } from '@ringdown/crypto/device-certificate';
import { generateKey } from '@ringdown/crypto/local-key';
import { PinnedRoster } from '@ringdown/crypto/roster';
import { LocalSigner } from '@ringdown/crypto/signer';
import { GatewayId, PublicKeyHex } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const File = z.strictObject({
  gatewayId: GatewayId,
  /** 32 bytes, hex: who this gateway is in call groups. */
  secretKey: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of the first roster seen; never replaced by the api. */
  adminPublicKey: PublicKeyHex.nullable(),
  rosterVersion: z.number().int().min(0),
});

/** Certificates live a day: a process that runs for longer needs another one. */
const RENEW_DEVICE_MS = 12 * 3_600_000;

/** Who this gateway is, and whose roster it believes; kept in the data folder, readable by its owner only. */
export class GatewayIdentity {
  private readonly file: string;
  private readonly signer: LocalSigner;
  private content: z.infer<typeof File>;
  private pinned: PinnedRoster | undefined;
  private current: { device: Promise<Device>; madeMs: number } | undefined;

  constructor(
    folder: string,
    readonly origin: string,
    private readonly clock: () => number,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = path.join(folder, 'identity.json');
    this.content = this.read();
    this.signer = new LocalSigner(hexToBytes(this.content.secretKey));
    const { adminPublicKey, rosterVersion } = this.content;
    if (adminPublicKey) this.pinned = new PinnedRoster(adminPublicKey, rosterVersion);
  }

  get gatewayId(): GatewayId {
    return this.content.gatewayId;
  }

  publicKey(): Promise<PublicKeyHex> {
    return this.signer.getPublicKey();
  }

  get roster(): PinnedRoster['newest'] {
    return this.pinned?.newest ?? null;
  }

  /** The first admin key seen is pinned (docs/threat-model.md): later ones are refused. Answers `accepted`, or why not. */
  acceptRoster(roster: unknown, adminPublicKey: PublicKeyHex): string {
    if (this.pinned && this.pinned.adminPublicKey !== adminPublicKey) return 'other-admin';
    const pinned = this.pinned ?? new PinnedRoster(adminPublicKey);
    const outcome = pinned.accept(roster, this.clock());
    if (outcome.outcome === 'refused') return outcome.reason;
    this.pinned = pinned;
    this.content = { ...this.content, adminPublicKey, rosterVersion: outcome.roster.version };
    this.write();
    return 'accepted';
  }

  device(): Promise<Device> {
    const nowMs = this.clock();
    if (!this.current || nowMs - this.current.madeMs > RENEW_DEVICE_MS) {
      this.current = { device: createDevice(this.signer, { origin: this.origin, nowMs }), madeMs: nowMs };
    }
    return this.current.device;
  }

  private read(): z.infer<typeof File> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      const secretKey = bytesToHex(generateKey());
      this.content = { gatewayId: GatewayId.parse(randomUUID()), secretKey, adminPublicKey: null, rosterVersion: 0 };
      this.write();
      return this.content;
    }
    return File.parse(JSON.parse(text));
  }

  /** Whole or not at all: a crash in the middle must not cost the identity. */
  private write(): void {
    const fresh = `${this.file}.${process.pid}.new`;
    writeFileSync(fresh, JSON.stringify(this.content), { mode: 0o600 });
    renameSync(fresh, this.file);
  }
}
