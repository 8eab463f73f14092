import type { z } from 'zod';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface Operation {
  method: Method;
  path: string;
  summary: string;
  tag: string;
  access: 'public' | 'signed-in' | 'admin' | 'owner';
  body?: z.ZodType;
  binaryBody?: string;
  answer?: z.ZodType;
  binaryAnswer?: string;
}
