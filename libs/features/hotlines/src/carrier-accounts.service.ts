import { Inject, Injectable } from '@nestjs/common';
import { type CarrierAccount, CarrierAccounts } from '@ringdown/carriers-port/carrier';
import { openCredentials, sealCredentials } from '@ringdown/crypto/carrier-credentials';
import { MasterKey } from '@ringdown/crypto/master-key';
import { Clock } from '@ringdown/platform/clock';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { Random } from '@ringdown/platform/random';
import { CarrierAccountId, type Instant } from '@ringdown/protocol/ids';
import { type CarrierAccountRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';

/** How long a change made by another process may go unseen; one made here is seen at once. */
const REMEMBERED_MS = 5_000;

/** Carrier accounts with their credentials, sealed at rest and opened for as long as a request takes: what is remembered is sealed, too. */
@Injectable()
export class CarrierAccountsService extends CarrierAccounts {
  private readonly remembered = new Map<CarrierAccountId, { row: CarrierAccountRow; until: Instant }>();

  constructor(
    private readonly hotlines: HotlinesRepository,
    private readonly masterKey: MasterKey,
    private readonly random: Random,
    private readonly clock: Clock,
    @Inject(ENVIRONMENT) private readonly environment: ServerEnvironment,
  ) {
    super();
  }

  async find(carrierAccountId: CarrierAccountId): Promise<CarrierAccount | null> {
    const known = this.remembered.get(carrierAccountId);
    if (known && known.until > this.clock.now()) return this.open(known.row);
    const row = await this.hotlines.findCarrierAccount(carrierAccountId);
    if (!row) return null;
    this.remembered.set(carrierAccountId, { row, until: this.clock.now() + REMEMBERED_MS });
    return this.open(row);
  }

  /** The account as it would be if it were saved: its credentials can be tried out first. */
  async draft(account: {
    kind: 'twilio' | 'simulator';
    accountSid: string;
    authToken: string;
    restOrigin: string | undefined;
  }): Promise<CarrierAccount> {
    const existing = await this.hotlines.findCarrierAccountId(account.accountSid);
    return {
      carrierAccountId: existing ?? CarrierAccountId.parse(this.random.uuid()),
      kind: account.kind,
      accountSid: account.accountSid,
      authTokens: [account.authToken],
      restOrigin: account.restOrigin,
      publicOrigin: this.environment.http.publicOrigin,
    };
  }

  async save(account: CarrierAccount): Promise<void> {
    const [primary, secondary] = account.authTokens;
    const sealed = sealCredentials(this.masterKey, account.carrierAccountId, {
      primary,
      ...(secondary === undefined ? {} : { secondary }),
    });
    await this.hotlines.saveCarrierAccount({
      carrierAccountId: account.carrierAccountId,
      kind: account.kind,
      accountSid: account.accountSid,
      sealedCredentials: new Uint8Array(sealed),
      restOrigin: account.restOrigin ?? null,
    });
    this.remembered.delete(account.carrierAccountId);
  }

  private open(row: CarrierAccountRow): CarrierAccount {
    const credentials = openCredentials(this.masterKey, row.carrierAccountId, row.sealedCredentials);
    const primary = credentials['primary'] ?? '';
    const secondary = credentials['secondary'];
    return {
      carrierAccountId: row.carrierAccountId,
      kind: row.kind,
      accountSid: row.accountSid,
      authTokens: secondary === undefined ? [primary] : [primary, secondary],
      // The simulator's port may have changed since the account was made.
      restOrigin:
        row.kind === 'simulator'
          ? (this.environment.simulator?.url ?? row.restOrigin ?? undefined)
          : (row.restOrigin ?? undefined),
      publicOrigin: this.environment.http.publicOrigin,
    };
  }
}
