import { Inject, Injectable } from '@nestjs/common';
import { verifyHttpAuth, parseHttpAuthHeader } from '@ringdown/crypto/nip98';
import type { SignedIn } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { ownOrigins } from '@ringdown/platform/origins';
import { Problem } from '@ringdown/platform/problems';
import { hashSecret, Random } from '@ringdown/platform/random';
import type { Challenge, Me } from '@ringdown/protocol/http';
import type { OperatorId, PublicKeyHex } from '@ringdown/protocol/ids';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { type OperatorRow, PeopleRepository } from '@ringdown/store/people.repository';
import { verifyStoredRoster } from './roster.service.ts';

const CHALLENGE_MS = 2 * 60_000;
const SESSION_MS = 12 * 3_600_000;

/** Sign-in with a Nostr key: a NIP-98 event over a single-use challenge, bound to our origin, path and method. */
@Injectable()
export class SignInService {
  private readonly origins: readonly string[];

  constructor(
    private readonly people: PeopleRepository,
    private readonly hotlines: HotlinesRepository,
    private readonly clock: Clock,
    private readonly random: Random,
    @Inject(ENVIRONMENT) environment: ServerEnvironment,
  ) {
    this.origins = ownOrigins(environment.http.publicOrigin);
  }

  async createChallenge(): Promise<Challenge> {
    const challenge = this.random.secret();
    const expiresAt = this.clock.now() + CHALLENGE_MS;
    await this.people.createChallenge(hashSecret(challenge), expiresAt);
    return { challenge, expiresAt };
  }

  /** The key that signed this request. Burns the challenge, so the same event never counts twice. */
  async proveKey(request: {
    authorization: string | undefined;
    path: string;
    challenge: string;
  }): Promise<PublicKeyHex> {
    const event = request.authorization ? parseHttpAuthHeader(request.authorization) : null;
    const now = this.clock.now();
    let reason = 'malformed';
    for (const origin of this.origins) {
      const outcome = verifyHttpAuth(
        event,
        { url: origin + request.path, method: 'POST', challenge: request.challenge },
        now,
      );
      if (outcome.outcome === 'accepted') {
        if (await this.people.useChallenge(hashSecret(request.challenge), now)) return outcome.publicKey;
        reason = 'challenge-used-or-expired';
        break;
      }
      // Of several origins the most telling refusal is the one that isn't about the URL.
      if (outcome.reason !== 'url' || reason === 'malformed') reason = outcome.reason;
    }
    throw new Problem(401, `sign-in-${reason}`, 'The signature for signing in was not accepted. Try again.');
  }

  async createSession(operatorId: OperatorId): Promise<{ token: string; expiresAt: number }> {
    const token = this.random.secret();
    const expiresAt = this.clock.now() + SESSION_MS;
    await this.people.createSession({ id: this.random.uuid(), operatorId, tokenHash: hashSecret(token), expiresAt });
    return { token, expiresAt };
  }

  async signIn(publicKey: PublicKeyHex): Promise<{ operator: OperatorRow; token: string; expiresAt: number }> {
    const operator = await this.people.findOperatorByKey(publicKey);
    if (!operator) {
      throw new Problem(403, 'unknown-key', 'This key is not known here. Ask for an invitation.');
    }
    return { operator, ...(await this.createSession(operator.operatorId)) };
  }

  findOperator(token: string): Promise<OperatorRow | null> {
    return this.people.findSessionOperator(hashSecret(token), this.clock.now());
  }

  async signOut(token: string): Promise<void> {
    await this.people.endSession(hashSecret(token), this.clock.now());
  }

  async describe(operator: SignedIn): Promise<Me> {
    const [organisation, hotlines, roster] = await Promise.all([
      this.people.findOrganisation(),
      this.hotlines.listHotlines(),
      this.people.findRoster(),
    ]);
    if (!organisation) throw new Error('There is an operator but no organisation.');
    const members = verifyStoredRoster(roster?.event ?? null, organisation.adminPublicKey, this.clock.now());
    return {
      operatorId: operator.operatorId,
      publicKey: operator.publicKey,
      name: operator.name,
      role: operator.role,
      organisation,
      hotlines: hotlines
        .filter((h) => operator.hotlineIds.includes(h.hotlineId))
        .map((h) => ({ hotlineId: h.hotlineId, name: h.name })),
      inRoster: members?.roles.has(operator.publicKey) ?? false,
    };
  }
}
