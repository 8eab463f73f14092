import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { InboundCalls } from '@ringdown/carriers-port/inbound-calls';
import { Admission } from './admission.ts';
import { AskedCallBacks } from './asked-call-backs.service.ts';
import { CallAccess } from './call-access.ts';
import { CallBacksController } from './call-backs.controller.ts';
import { CallEngine, EffectRunner } from './call-engine.ts';
import { CallJobs } from './call-jobs.ts';
import { CallTimers } from './call-timers.ts';
import { CallVerbsService } from './call-verbs.service.ts';
import { CarrierRecordings } from './carrier-recordings.service.ts';
import { CallsController } from './calls.controller.ts';
import { ConsoleLinks } from './console-links.ts';
import { DialInController } from './dial-in.controller.ts';
import { DialInService } from './dial-in.service.ts';
import { DistributionRound } from './distribution-round.ts';
import { FloorController } from './floor.controller.ts';
import { FloorService } from './floor.service.ts';
import { FollowUpsController } from './follow-ups.controller.ts';
import { FurtherPhonesService } from './further-phones.service.ts';
import { GatewayLinks } from './gateway-links.ts';
import { HandleTimes } from './handle-times.ts';
import { InboundCallsService } from './inbound-calls.service.ts';
import { InternalController } from './internal.controller.ts';
import { Invitations } from './invitations.service.ts';
import { LiveLinks } from './live-links.ts';
import { NoteLinks } from './note-links.ts';
import { NotesController } from './notes.controller.ts';
import { OwnPhoneController } from './own-phone.controller.ts';
import { OperatorCommands } from './operator-commands.ts';
import { OperatorSnapshots } from './operator-snapshots.ts';
import { PerformEffects } from './perform-effects.ts';
import { QueueCommands } from './queue-commands.service.ts';
import { QueueCounts } from './queue-counts.ts';
import { ReportsController } from './reports.controller.ts';
import { ReportsService } from './reports.service.ts';
import { Overflow } from './overflow.service.ts';
import { SnapshotSources } from './snapshot-sources.ts';
import { PracticeController } from './practice.controller.ts';
import { PracticeScripts } from './practice-scripts.ts';
import { PracticeService } from './practice.service.ts';
import { PresenceService } from './presence.service.ts';
import { Reconciler } from './reconciler.ts';
import { RoomAccessService } from './room-access.ts';
import { Supervision } from './supervision.service.ts';
import { TeamController } from './team.controller.ts';
import { ShiftJobs } from './shift-jobs.ts';
import { WhatIfController } from './what-if.controller.ts';
import { SoundCheckController } from './sound-check.controller.ts';

const engine = [
  Admission,
  AskedCallBacks,
  CallEngine,
  CallJobs,
  CallTimers,
  CallVerbsService,
  CarrierRecordings,
  DialInService,
  DistributionRound,
  FurtherPhonesService,
  HandleTimes,
  LiveLinks,
  OperatorCommands,
  OperatorSnapshots,
  Overflow,
  PerformEffects,
  QueueCounts,
  SnapshotSources,
  { provide: EffectRunner, useExisting: PerformEffects },
  PresenceService,
  Reconciler,
  RoomAccessService,
  ShiftJobs,
];
const inbound = [
  InboundCallsService,
  Invitations,
  { provide: PracticeScripts, useFactory: () => new PracticeScripts() },
  PracticeService,
  QueueCommands,
  Supervision,
  { provide: InboundCalls, useExisting: InboundCallsService },
  CallAccess,
  FloorService,
  ReportsService,
  NoteLinks,
  ConsoleLinks,
  GatewayLinks,
];

/** The call engine. With `routes` it also takes webhooks, sockets and requests; without them it runs timers (worker). */
@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's form of a module that takes imports
export class CallsModule {
  static forFeature(feature: { imports: NonNullable<ModuleMetadata['imports']>; routes: boolean }): DynamicModule {
    return {
      module: CallsModule,
      imports: feature.imports,
      providers: feature.routes ? [...engine, ...inbound] : engine,
      controllers: feature.routes
        ? [
            CallsController,
            NotesController,
            OwnPhoneController,
            DialInController,
            CallBacksController,
            FollowUpsController,
            FloorController,
            ReportsController,
            TeamController,
            SoundCheckController,
            InternalController,
            PracticeController,
            WhatIfController,
          ]
        : [],
      exports: feature.routes
        ? [CallJobs, ShiftJobs, Reconciler, CallEngine, InboundCalls]
        : [CallJobs, ShiftJobs, Reconciler, CallEngine],
    };
  }
}
