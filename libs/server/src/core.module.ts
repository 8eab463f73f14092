import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { CallEffect, CallState } from '@ringdown/call-flow/call-state';
import { type CarrierAccount, Carriers } from '@ringdown/carriers-port/carrier';
import { TwilioCarrier } from '@ringdown/carriers-twilio/twilio-carrier';
import { MasterKey } from '@ringdown/crypto/master-key';
import { CALL_LOG } from '@ringdown/features-calls/call-engine';
import { JobQueue } from '@ringdown/jobs/job-queue';
import { Clock, SystemClock } from '@ringdown/platform/clock';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import { errorFields, LOG, type Log } from '@ringdown/platform/log';
import { ownOrigins } from '@ringdown/platform/origins';
import { Random } from '@ringdown/platform/random';
import { openSocketCluster } from '@ringdown/platform/socket-cluster';
import { SocketHub } from '@ringdown/platform/socket-hub';
import { LiveKitRooms } from '@ringdown/rooms/livekit-rooms';
import { Rooms } from '@ringdown/rooms/rooms';
import { AccessCodesRepository } from '@ringdown/store/access-codes.repository';
import { CallFiguresRepository } from '@ringdown/store/call-figures.repository';
import { CallLog } from '@ringdown/store/call-log';
import { CallBacksRepository } from '@ringdown/store/call-backs.repository';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { ConnectionsRepository } from '@ringdown/store/connections.repository';
import { Database, SqlPool } from '@ringdown/store/database';
import { FloorRepository } from '@ringdown/store/floor.repository';
import { FollowUpsRepository } from '@ringdown/store/follow-ups.repository';
import { GatewaysRepository } from '@ringdown/store/gateways.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { MemberServiceRepository } from '@ringdown/store/member-service.repository';
import { NotesRepository } from '@ringdown/store/notes.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { LadderNumbers } from '@ringdown/store/ladder-numbers.repository';
import { PhonesRepository } from '@ringdown/store/phones.repository';
import { PracticeRepository } from '@ringdown/store/practice.repository';
import { RotaRepository } from '@ringdown/store/rota.repository';
import { TeamRepository } from '@ringdown/store/team.repository';

/** Twilio and the simulator that speaks like it. */
class CarriersByKind extends Carriers {
  for(account: CarrierAccount): TwilioCarrier {
    return new TwilioCarrier(account);
  }
}

/** What lives as long as the process and must be closed in this order: sockets, queue, database. */
export class Resources {
  constructor(
    readonly hub: SocketHub,
    readonly jobs: JobQueue,
    readonly database: Database,
    readonly sql: SqlPool,
    private readonly closeCluster: () => Promise<void>,
  ) {}

  async close(): Promise<void> {
    await this.hub.close();
    await this.closeCluster();
    await this.jobs.close();
    await this.database.$disconnect();
    await this.sql.close();
  }
}

export const openResources = async (environment: ServerEnvironment, log: Log): Promise<Resources> => {
  const onError = (part: string) => (error: Error) =>
    log.warn({ part, ...errorFields(error) }, 'A connection failed; it comes back by itself.');
  const cluster = await openSocketCluster(environment.queue, onError('sockets'));
  return new Resources(
    new SocketHub(cluster.adapter, { allowedOrigins: ownOrigins(environment.http.publicOrigin) }),
    new JobQueue(environment.queue, onError('queue')),
    new Database(environment.database.url),
    new SqlPool(environment.database.url, onError('database')),
    () => cluster.close(),
  );
};

/** The parts every server process is made of. */
@Global()
@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's form of a module with parameters
export class CoreModule {
  static of(environment: ServerEnvironment, log: Log, resources: Resources): DynamicModule {
    const { database, sql } = resources;
    const providers = [
      { provide: ENVIRONMENT, useValue: environment },
      { provide: LOG, useValue: log },
      { provide: Clock, useValue: new SystemClock() },
      { provide: Random, useValue: new Random() },
      { provide: MasterKey, useValue: MasterKey.parse(environment.keys.masterKeyHex) },
      { provide: SocketHub, useValue: resources.hub },
      { provide: JobQueue, useValue: resources.jobs },
      { provide: SqlPool, useValue: sql },
      { provide: Rooms, useValue: new LiveKitRooms(environment.media) },
      { provide: Carriers, useValue: new CarriersByKind() },
      { provide: CALL_LOG, useValue: new CallLog<CallState, CallEffect>(sql) },
      { provide: PeopleRepository, useValue: new PeopleRepository(database) },
      { provide: HotlinesRepository, useValue: new HotlinesRepository(database) },
      { provide: RotaRepository, useValue: new RotaRepository(database) },
      { provide: MemberServiceRepository, useValue: new MemberServiceRepository(database) },
      { provide: LadderNumbers, useValue: new LadderNumbers(database) },
      { provide: PhonesRepository, useValue: new PhonesRepository(database) },
      { provide: AccessCodesRepository, useValue: new AccessCodesRepository(sql) },
      { provide: PracticeRepository, useValue: new PracticeRepository(database) },
      { provide: CallsRepository, useValue: new CallsRepository(database) },
      { provide: NotesRepository, useValue: new NotesRepository(database) },
      { provide: CallBacksRepository, useValue: new CallBacksRepository(database) },
      { provide: FollowUpsRepository, useValue: new FollowUpsRepository(database) },
      { provide: FloorRepository, useValue: new FloorRepository(sql) },
      { provide: CallFiguresRepository, useValue: new CallFiguresRepository(sql) },
      { provide: TeamRepository, useValue: new TeamRepository(database) },
      { provide: GatewaysRepository, useValue: new GatewaysRepository(sql) },
      { provide: ConnectionsRepository, useValue: new ConnectionsRepository(sql) },
    ];
    return { module: CoreModule, providers, exports: providers.map((p) => p.provide) };
  }
}
