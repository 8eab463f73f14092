import type { DynamicModule } from '@nestjs/common';
import { CallsModule } from '@ringdown/features-calls/calls.module';
import { HotlinesModule } from '@ringdown/features-hotlines/hotlines.module';
import { OperatorsModule } from '@ringdown/features-operators/operators.module';

export interface FeatureModules {
  operators: DynamicModule;
  hotlines: DynamicModule;
  calls: DynamicModule;
}

/** All features; `routes` in the process that takes requests. */
export const featureModules = (routes: boolean): FeatureModules => {
  const operators = OperatorsModule.forFeature({ routes });
  const hotlines = HotlinesModule.forFeature({ routes });
  const calls = CallsModule.forFeature({ imports: [operators, hotlines], routes });
  return { operators, hotlines, calls };
};
