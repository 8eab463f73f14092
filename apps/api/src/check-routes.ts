import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { TwilioWebhooksController } from '@ringdown/carriers-twilio/twilio-webhooks.controller';
import { ACCESS } from '@ringdown/platform/access';

/** Keys of Nest's metadata (`@nestjs/common/constants`, not exported by package). */
const PATH = 'path';
const ARGUMENTS = '__routeArguments__';
/** Body, query, param of RouteParamtypes. */
const CLIENT_GIVEN = new Set(['3', '4', '5']);

/** These check their requests by the carrier's signature instead. */
const SELF_GUARDED: ReadonlySet<unknown> = new Set([TwilioWebhooksController]);

export class RouteNotGuarded extends Error {
  readonly reason = 'route-not-guarded';
}

interface ArgumentMetadata {
  schema?: unknown;
}

/** Boot fails on a route that doesn't say who may use it, and on a parameter that would pass unchecked. */
export const checkRoutes = (app: INestApplication): void => {
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, unknown>;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
        if (typeof handler !== 'function' || name === 'constructor' || Reflect.getMetadata(PATH, handler) === undefined)
          continue;
        const where = `${metatype.name}.${name}`;
        const guarded = Reflect.hasMetadata(ACCESS, handler) || Reflect.hasMetadata(ACCESS, metatype);
        if (!guarded && !SELF_GUARDED.has(metatype)) throw new RouteNotGuarded(`${where} does not say who may use it.`);
        const given = (Reflect.getMetadata(ARGUMENTS, metatype, name) ?? {}) as Record<string, ArgumentMetadata>;
        for (const [key, argument] of Object.entries(given)) {
          if (CLIENT_GIVEN.has(key.split(':')[0] ?? '') && !argument.schema) {
            throw new RouteNotGuarded(`${where} takes a parameter without a schema.`);
          }
        }
      }
    }
  }
};
