import { Controller, Get, Header, Query } from '@nestjs/common';
import { SignedInAs } from '@ringdown/platform/access';
import { type Report, ReportQuery } from '@ringdown/protocol/reports';
import { reportCsv } from './report-csv.ts';
import { ReportsService } from './reports.service.ts';

/** Figures over days. Nothing of callers or of single people passes here. */
@Controller('api/reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @SignedInAs('owner', 'admin', 'supervisor')
  @Get()
  report(@Query({ schema: ReportQuery }) query: ReportQuery): Promise<Report> {
    return this.reports.report(query);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Get('csv')
  @Header('content-type', 'text/csv; charset=utf-8; header=present')
  @Header('content-disposition', 'attachment; filename="ringdown-report.csv"')
  @Header('cache-control', 'no-store')
  async csv(@Query({ schema: ReportQuery }) query: ReportQuery): Promise<string> {
    return reportCsv(await this.reports.report(query));
  }
}
