import * as http from '@ringdown/protocol/http';
import { z } from 'zod';
import { callOperations } from './openapi-calls.ts';
import { hotlineOperations } from './openapi-hotlines.ts';
import { noteOperations } from './openapi-notes.ts';
import type { Method, Operation } from './openapi-operation.ts';
import { peopleOperations } from './openapi-people.ts';
import { practiceOperations } from './openapi-practice.ts';
import { promptOperations } from './openapi-prompts.ts';
import { shiftOperations } from './openapi-shift.ts';

/** Every route of `/api`, for people and programs. The schemas are those the routes check with. */
export const operations: readonly Operation[] = [
  ...peopleOperations,
  ...hotlineOperations,
  ...callOperations,
  ...noteOperations,
  ...shiftOperations,
  ...promptOperations,
  ...practiceOperations,
];

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' });
const json = (schema: z.ZodType, io: 'input' | 'output') => ({
  'application/json': { schema: jsonSchema(schema, io) },
});
const bytes = (type: string) => ({ [type]: { schema: { type: 'string', format: 'binary' } } });

const describe = (operation: Operation) => {
  const success = operation.answer
    ? { content: json(operation.answer, 'output') }
    : operation.binaryAnswer
      ? { content: bytes(operation.binaryAnswer) }
      : {};
  const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name?.endsWith('Id') ? { type: 'string', format: 'uuid' } : { type: 'string' },
  }));
  const content = {
    ...(operation.body ? json(operation.body, 'input') : {}),
    ...(operation.binaryBody ? bytes(operation.binaryBody) : {}),
  };
  return {
    summary: operation.summary,
    tags: [operation.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body || operation.binaryBody ? { requestBody: { required: true, content } } : {}),
    security: operation.access === 'public' ? [] : [{ session: [] }],
    responses: {
      '2XX': { description: 'Done', ...success },
      '4XX': { description: 'Refused, with a reason', content: json(http.HttpError, 'output') },
    },
  };
};

/** OpenAPI 3.1 of this server. */
export const makeOpenApi = (origin: string) => {
  const paths: Record<string, Partial<Record<Method, unknown>>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ringdown',
      version: '0.1.0',
      description: 'A hotline call centre and phone-network gateway. Errors are `{ error: { reason, message } }`.',
    },
    servers: [{ url: origin }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'ringdown_session' } } },
    paths,
  };
};
