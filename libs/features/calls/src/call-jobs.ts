import { Injectable } from '@nestjs/common';
import type { JobHandlers } from '@ringdown/jobs/jobs';
import { CarrierRecordings } from './carrier-recordings.service.ts';
import { ShiftJobs } from './shift-jobs.ts';

/** Handlers of the jobs that have to do with calls and shifts. */
@Injectable()
export class CallJobs {
  constructor(
    private readonly shifts: ShiftJobs,
    private readonly recordings: CarrierRecordings,
  ) {}

  handlers(): JobHandlers {
    return {
      'shift-reminder': (body) => this.shifts.remind(body),
      'shift-begins': (body) => this.shifts.begin(body),
      'carrier-recording': (body) => this.recordings.fetch(body),
    };
  }
}
