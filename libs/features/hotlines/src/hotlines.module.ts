import { type DynamicModule, Module } from '@nestjs/common';
import { CarrierAccounts } from '@ringdown/carriers-port/carrier';
import { CarrierAccountsService } from './carrier-accounts.service.ts';
import { HotlineBook } from './hotline-book.ts';
import { HotlinesController } from './hotlines.controller.ts';
import { LaddersService } from './ladders.service.ts';
import { NumbersService } from './numbers.service.ts';
import { PromptsController } from './prompts.controller.ts';
import { PromptsService } from './prompts.service.ts';
import { RotaController } from './rota.controller.ts';
import { RotaService } from './rota.service.ts';

/** Hotlines, their numbers, prompts and carrier accounts. */
@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's form of a module that takes imports
export class HotlinesModule {
  static forFeature(feature: { routes: boolean }): DynamicModule {
    return {
      module: HotlinesModule,
      providers: [
        CarrierAccountsService,
        { provide: CarrierAccounts, useExisting: CarrierAccountsService },
        HotlineBook,
        LaddersService,
        NumbersService,
        PromptsService,
        RotaService,
      ],
      controllers: feature.routes ? [HotlinesController, PromptsController, RotaController] : [],
      exports: [CarrierAccounts, CarrierAccountsService, HotlineBook, NumbersService, RotaService],
    };
  }
}
