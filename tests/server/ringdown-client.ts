import { generateKey } from '@ringdown/crypto/local-key';
import { signHttpAuth, toHttpAuthHeader } from '@ringdown/crypto/nip98';
import { signRoster } from '@ringdown/crypto/roster';
import { LocalSigner } from '@ringdown/crypto/signer';
import { generateVault, type VaultKeyPair, wrapVaultKey } from '@ringdown/crypto/vault';
import type { CommandAnswer, OperatorSnapshot } from '@ringdown/protocol/console';
import { Hotline, Me, PhoneNumber, type Role } from '@ringdown/protocol/http';
import { HotlineId, type PublicKeyHex } from '@ringdown/protocol/ids';
import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';

/** Waits until `probe` gives something; polls often and fails with what it waited for. */
export const eventually = async <T>(
  what: string,
  probe: () => T | Promise<T>,
  withinMs = 5_000,
): Promise<NonNullable<T>> => {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`It never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

export class ScriptedConsole {
  readonly connectionId = randomUUID();
  readonly snapshots: OperatorSnapshot[] = [];
  readonly mls: unknown[] = [];
  refusal: string | undefined;
  readonly socket: Socket;

  constructor(
    origin: string,
    readonly cookie: string,
    readonly me: Me,
    readonly signer: LocalSigner,
  ) {
    this.socket = io(`${origin}/console`, {
      transports: ['websocket'],
      auth: { connectionId: this.connectionId },
      extraHeaders: { cookie },
      forceNew: true,
    });
    this.socket.on('snapshot', (s: OperatorSnapshot) => this.snapshots.push(s));
    this.socket.on('mls', (m: unknown) => this.mls.push(m));
    this.socket.on('connect_error', (e: Error & { data?: { reason: string } }) => (this.refusal = e.data?.reason));
  }

  get now(): OperatorSnapshot | undefined {
    return this.snapshots.at(-1);
  }

  async ask(command: string, body: unknown): Promise<CommandAnswer> {
    return (await this.socket.timeout(5_000).emitWithAck(command, body)) as CommandAnswer;
  }

  sees<T>(what: string, probe: (snapshot: OperatorSnapshot) => T, withinMs?: number): Promise<NonNullable<T>> {
    return eventually(what, () => (this.now ? probe(this.now) : undefined), withinMs);
  }

  close(): void {
    this.socket.disconnect();
  }
}

export interface SignedInPerson {
  signer: LocalSigner;
  cookie: string;
  me: Me;
}

/** What people and their consoles do to a running Ringdown, over its real HTTP and sockets. */
export class RingdownClient {
  owner!: SignedInPerson;
  hotline!: Hotline;
  number!: PhoneNumber;
  vault!: VaultKeyPair;
  private rosterVersion = 0;
  protected readonly closers: (() => unknown)[] = [];

  constructor(readonly origin: string) {}

  async request(
    method: string,
    path: string,
    given: { body?: unknown; cookie?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(this.origin + path, {
      method,
      headers: {
        ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(given.cookie ? { cookie: given.cookie } : {}),
        ...given.headers,
      },
      ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    });
  }

  /** A request signed with a fresh challenge: sign-in, first owner, accepted invite. */
  async signed(signer: LocalSigner, path: string, body: Record<string, unknown>): Promise<Response> {
    const { challenge } = (await (await this.request('POST', '/api/auth/challenges')).json()) as { challenge: string };
    const event = await signHttpAuth(signer, { url: this.origin + path, method: 'POST', challenge }, Date.now());
    return this.request('POST', path, {
      body: { ...body, challenge },
      headers: { authorization: toHttpAuthHeader(event) },
    });
  }

  async person(signer: LocalSigner, answer: Response): Promise<SignedInPerson> {
    if (!answer.ok) throw new Error(`Refused: ${answer.status} ${await answer.text()}`);
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return { signer, cookie, me: Me.parse(await answer.json()) };
  }

  /** Owner, a hotline with a simulated number, and a roster with the given gateways. */
  async firstRun(settings: Record<string, unknown> = {}): Promise<void> {
    const signer = new LocalSigner(generateKey());
    this.owner = await this.person(
      signer,
      await this.signed(signer, '/api/setup/owner', { name: 'Olga', organisationName: 'Night line' }),
    );
    this.hotline = await this.makeHotline('Jail support', settings);
    const numbered = await this.request('POST', '/api/numbers/simulated', {
      cookie: this.owner.cookie,
      body: { hotlineId: this.hotline.hotlineId },
    });
    if (!numbered.ok) throw new Error(`No number: ${await numbered.text()}`);
    this.number = PhoneNumber.parse(await numbered.json());
  }

  /** A hotline with a vault of its own; the first one's is kept as `vault`. */
  async makeHotline(name: string, settings: Record<string, unknown> = {}): Promise<Hotline> {
    const vault = await generateVault(1);
    this.vault ??= vault;
    const { signer } = this.owner;
    const recipient = await signer.getPublicKey();
    const draftId = HotlineId.parse(randomUUID());
    const wrapped = await wrapVaultKey(signer, recipient, draftId, vault);
    const made = await this.request('POST', '/api/hotlines', {
      cookie: this.owner.cookie,
      body: {
        hotlineId: draftId,
        name,
        language: 'en',
        timeZone: 'America/New_York',
        hours: { kind: 'always' },
        greeting: { kind: 'standard' },
        settings,
        vault: { publicKey: Buffer.from(vault.publicKey).toString('base64'), wraps: [{ recipient, wrapped }] },
      },
    });
    if (!made.ok) throw new Error(`No hotline: ${await made.text()}`);
    return Hotline.parse(await made.json());
  }

  async signRoster(members: { publicKey: PublicKeyHex; role: 'owner' | 'volunteer' | 'gateway' }[]): Promise<void> {
    this.rosterVersion += 1;
    const event = await signRoster(this.owner.signer, { version: this.rosterVersion, members }, Date.now());
    const answer = await this.request('PUT', '/api/roster', { cookie: this.owner.cookie, body: event });
    if (!answer.ok) throw new Error(`No roster: ${await answer.text()}`);
  }

  async volunteer(name: string, given: { role?: Role; hotlineId?: HotlineId } = {}): Promise<SignedInPerson> {
    const invited = await this.request('POST', '/api/invites', {
      cookie: this.owner.cookie,
      body: { hotlineId: given.hotlineId ?? this.hotline.hotlineId, role: given.role ?? 'volunteer' },
    });
    const { token } = (await invited.json()) as { token: string };
    const signer = new LocalSigner(generateKey());
    return this.person(signer, await this.signed(signer, '/api/invites/accept', { token, name }));
  }

  async console(person: SignedInPerson): Promise<ScriptedConsole> {
    const console = new ScriptedConsole(this.origin, person.cookie, person.me, person.signer);
    this.closers.push(() => console.close());
    await eventually('first snapshot', () => console.now ?? console.refusal);
    return console;
  }
}
