import type { Nip07Extension, Signer } from '@ringdown/crypto/signer';
import type { PublicKeyHex } from '@ringdown/protocol/ids';
import { Challenge, Me, SetupState } from '@ringdown/protocol/http';
import { RestFailure, type Rest } from '../server/rest.ts';
import { Store } from '../server/store.ts';
import type { AdminPin } from './admin-pin.ts';
import { DeviceSigner, extensionSigner, keys } from './device-signer.ts';
import type { DeviceKey, DeviceStore } from './device-store.ts';

export type AccountState =
  | { readonly step: 'loading' }
  | { readonly step: 'unreachable' }
  | { readonly step: 'first-run'; readonly setup: SetupState }
  | { readonly step: 'signed-out'; readonly deviceKey: DeviceKey['kind'] | null }
  /** Signed in, but the key needs its passphrase. */
  | { readonly step: 'locked'; readonly me: Me }
  /** The server names another admin key than the one this browser pinned. */
  | { readonly step: 'other-admin'; readonly me: Me }
  | OpenAccount;

export interface OpenAccount {
  readonly step: 'open';
  readonly me: Me;
  readonly setup: SetupState;
  readonly signer: Signer;
  readonly keyKind: DeviceKey['kind'];
}

export interface AccountParts {
  readonly rest: Rest;
  readonly device: DeviceStore;
  readonly pin: AdminPin;
  readonly origin: string;
  readonly now: () => number;
  readonly findExtension: () => Promise<Nip07Extension | undefined>;
}

/** Who is at this browser: the key, the session, and whether both fit together. */
export class Account extends Store<AccountState> {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    super({ step: 'loading' });
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { rest, device } = this.#parts;
    try {
      const setup = await rest.ask(SetupState, '/api/setup');
      if (setup.state === 'no-owner') {
        this.set({ step: 'first-run', setup });
        return;
      }
      const me = await this.#findMe();
      const key = await device.findKey();
      if (!me || !key || key.publicKey !== me.publicKey) {
        this.set({ step: 'signed-out', deviceKey: key?.kind ?? null });
        return;
      }
      const signer = await this.#reopen(key);
      if (signer) this.#enter(me, setup, signer, key.kind);
      else this.set({ step: 'locked', me });
    } catch (error) {
      if (!(error instanceof RestFailure)) throw error;
      this.set({ step: 'unreachable' });
    }
  }

  /** After something changed that `me` or `setup` tells, such as being added to the roster. Quiet when unreachable. */
  async refresh(): Promise<void> {
    const state = this.getSnapshot();
    if (state.step !== 'open') return;
    try {
      const [me, setup] = await Promise.all([
        this.#parts.rest.ask(Me, '/api/me'),
        this.#parts.rest.ask(SetupState, '/api/setup'),
      ]);
      if (this.getSnapshot() === state) this.#enter(me, setup, state.signer, state.keyKind);
    } catch (error) {
      if (!(error instanceof RestFailure)) throw error;
      if (error.status === 401) this.set({ step: 'signed-out', deviceKey: state.keyKind });
    }
  }

  /** Throws `LocalKeyRefusal` (wrong passphrase) or `RestFailure`. */
  async signInWithDeviceKey(passphrase: string): Promise<void> {
    const key = await this.#parts.device.findKey();
    if (!key) return;
    const signer = key.kind === 'extension' ? await this.#extension() : await this.#open(key, passphrase);
    await this.#createSession(signer, key.kind);
  }

  /** Throws `SignerRefusal` or `RestFailure`. */
  async signInWithExtension(): Promise<void> {
    const signer = await this.#extension();
    await this.#createSession(signer, 'extension');
    await this.#parts.device.saveKey({ kind: 'extension', publicKey: await signer.getPublicKey() });
  }

  /** `secretKey` comes from an nsec or an opened ncryptsec. Throws `RestFailure`. */
  async signInWithSecretKey(secretKey: Uint8Array, passphrase: string | null): Promise<void> {
    const { publicKeyOf } = await keys();
    const signer = new DeviceSigner(publicKeyOf(secretKey), secretKey);
    await this.#createSession(signer, passphrase === null ? 'open' : 'sealed');
    await this.keepKey(secretKey, passphrase);
  }

  /** A new key of this device, not stored yet. */
  async makeKey(): Promise<{ secretKey: Uint8Array; signer: Signer; publicKey: PublicKeyHex }> {
    const { generateKey, publicKeyOf } = await keys();
    const secretKey = generateKey();
    const publicKey = publicKeyOf(secretKey);
    return { secretKey, signer: new DeviceSigner(publicKey, secretKey), publicKey };
  }

  async keepKey(secretKey: Uint8Array, passphrase: string | null): Promise<void> {
    const { device } = this.#parts;
    const { publicKeyOf, sealLocalKey } = await keys();
    const publicKey = publicKeyOf(secretKey);
    if (passphrase === null) await device.saveKey({ kind: 'open', publicKey, secretKey });
    else {
      await device.saveKey({ kind: 'sealed', publicKey, sealed: sealLocalKey(secretKey, passphrase) });
      await device.keepUnlocked(secretKey);
    }
  }

  async keepExtension(publicKey: PublicKeyHex): Promise<void> {
    await this.#parts.device.saveKey({ kind: 'extension', publicKey });
  }

  /** Seals an `open` key. */
  async protectKey(passphrase: string): Promise<void> {
    const key = await this.#parts.device.findKey();
    const state = this.getSnapshot();
    if (key?.kind !== 'open' || state.step !== 'open') return;
    await this.keepKey(key.secretKey, passphrase);
    this.set({ ...state, keyKind: 'sealed' });
  }

  /** Throws `LocalKeyRefusal`. */
  async unlock(passphrase: string): Promise<void> {
    const key = await this.#parts.device.findKey();
    if (key?.kind === 'sealed') await this.#open(key, passphrase);
    await this.load();
  }

  async lock(): Promise<void> {
    const state = this.getSnapshot();
    if (state.step !== 'open' || state.keyKind !== 'sealed') return;
    await this.#parts.device.forgetUnlocked();
    this.set({ step: 'locked', me: state.me });
  }

  async signOut(): Promise<void> {
    await this.#parts.rest.tell('/api/auth/session', { method: 'DELETE' });
    await this.#parts.device.forgetUnlocked();
    await this.load();
  }

  /** The key as text to keep elsewhere: sealed as it is here, or in clear if it has no passphrase. Null with an extension. */
  async backUp(): Promise<{ text: string; sealed: boolean } | null> {
    const key = await this.#parts.device.findKey();
    if (key?.kind === 'sealed') return { text: key.sealed, sealed: true };
    return key?.kind === 'open' ? { text: (await keys()).toNsec(key.secretKey), sealed: false } : null;
  }

  /** A7: nothing of this person is left in this browser. Works without the server too: the session then runs out by itself. */
  async wipe(): Promise<void> {
    await this.#parts.device.wipe();
    try {
      await this.#parts.rest.tell('/api/auth/session', { method: 'DELETE', timeoutMs: 3_000 });
    } catch (error) {
      if (!(error instanceof RestFailure)) throw error;
    }
  }

  /** A challenge, signed for one path: the value of `Authorization` and what the body must repeat. Throws `RestFailure`. */
  async prove(signer: Signer, path: string): Promise<{ authorization: string; challenge: string }> {
    const { rest, origin, now } = this.#parts;
    const { signHttpAuth, toHttpAuthHeader } = await keys();
    const { challenge } = await rest.ask(Challenge, '/api/auth/challenges', { method: 'POST' });
    const event = await signHttpAuth(signer, { url: `${origin}${path}`, method: 'POST', challenge }, now());
    return { authorization: toHttpAuthHeader(event), challenge };
  }

  async extensionSigner(): Promise<Signer> {
    return this.#extension();
  }

  #enter(me: Me, setup: SetupState, signer: Signer, keyKind: DeviceKey['kind']): void {
    if (this.#parts.pin.pin(me.organisation.adminPublicKey)) this.set({ step: 'open', me, setup, signer, keyKind });
    else this.set({ step: 'other-admin', me });
  }

  async #createSession(signer: Signer, keyKind: DeviceKey['kind']): Promise<void> {
    const { authorization, challenge } = await this.prove(signer, '/api/auth/sessions');
    const me = await this.#parts.rest.ask(Me, '/api/auth/sessions', {
      method: 'POST',
      json: { challenge },
      authorization,
    });
    const setup = await this.#parts.rest.ask(SetupState, '/api/setup');
    this.#enter(me, setup, signer, keyKind);
  }

  async #findMe(): Promise<Me | null> {
    try {
      return await this.#parts.rest.ask(Me, '/api/me');
    } catch (error) {
      if (error instanceof RestFailure && error.status === 401) return null;
      throw error;
    }
  }

  async #reopen(key: DeviceKey): Promise<Signer | null> {
    if (key.kind === 'open') return new DeviceSigner(key.publicKey, key.secretKey);
    if (key.kind === 'sealed') {
      const secretKey = await this.#parts.device.findUnlocked();
      return secretKey ? new DeviceSigner(key.publicKey, secretKey) : null;
    }
    const extension = await this.#parts.findExtension();
    return extension ? extensionSigner(extension) : null;
  }

  async #open(key: Exclude<DeviceKey, { kind: 'extension' }>, passphrase: string): Promise<Signer> {
    const secretKey = key.kind === 'open' ? key.secretKey : (await keys()).openLocalKey(key.sealed, passphrase);
    if (key.kind === 'sealed') await this.#parts.device.keepUnlocked(secretKey);
    return new DeviceSigner(key.publicKey, secretKey);
  }

  async #extension(): Promise<Signer> {
    return extensionSigner(await this.#parts.findExtension());
  }
}
