import type { LoggerService } from '@nestjs/common';
import type { Log } from '@ringdown/platform/log';

/** Nest's own lines: only what went wrong is worth keeping. */
export class NestLog implements LoggerService {
  private readonly lines: Log;

  constructor(lines: Log) {
    this.lines = lines;
  }

  log(): void {
    // Route tables and module names: the OpenAPI page has them.
  }

  error(message: unknown): void {
    this.lines.error({ nest: String(message).slice(0, 300) }, 'The framework reported an error.');
  }

  warn(message: unknown): void {
    this.lines.warn({ nest: String(message).slice(0, 300) }, 'The framework reported a warning.');
  }
}
