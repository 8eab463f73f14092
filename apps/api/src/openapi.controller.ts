import { Controller, Get, Inject, Res } from '@nestjs/common';
import { Public } from '@ringdown/platform/access';
import { ENVIRONMENT, type ServerEnvironment } from '@ringdown/platform/environment';
import type { Response } from 'express';
import { apiPage } from './openapi-page.ts';
import { makeOpenApi } from './openapi.ts';

@Public()
@Controller()
export class OpenApiController {
  constructor(@Inject(ENVIRONMENT) private readonly environment: ServerEnvironment) {}

  @Get('openapi.json')
  document(): ReturnType<typeof makeOpenApi> {
    return makeOpenApi(this.environment.http.publicOrigin);
  }

  /** The same for people. */
  @Get('api')
  page(@Res() response: Response): void {
    response.type('html').send(apiPage());
  }
}
