import { type DynamicModule, Module } from '@nestjs/common';
import { AuthController } from './auth.controller.ts';
import { MemberEvents } from './member-events.ts';
import { MemberServiceController } from './member-service.controller.ts';
import { MembersController } from './members.controller.ts';
import { RosterService } from './roster.service.ts';
import { SessionGuard } from './session.guard.ts';
import { SetupController } from './setup.controller.ts';
import { SignInService } from './sign-in.service.ts';

/** People: sign-in, first owner, invites, roster. */
@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's form of a module that takes imports
export class OperatorsModule {
  /** `routes: false` in processes without HTTP. */
  static forFeature(feature: { routes: boolean }): DynamicModule {
    return {
      module: OperatorsModule,
      providers: [SignInService, RosterService, SessionGuard, MemberEvents],
      controllers: feature.routes ? [AuthController, SetupController, MembersController, MemberServiceController] : [],
      exports: [SignInService, RosterService, SessionGuard, MemberEvents],
    };
  }
}
