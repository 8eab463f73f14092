import type { GatewayReport } from '@ringdown/protocol/gateway';
import { randomUUID } from 'node:crypto';

type Unkeyed<Report> = Report extends unknown ? Omit<Report, 'eventKey' | 'at'> : never;
/** A report before it gets its key and time. */
export type NewReport = Unkeyed<GatewayReport>;

/** Sends one report; resolves when the api has answered, rejects when it didn't in time. */
export type DeliverReport = (report: GatewayReport) => Promise<{ outcome: 'stored' | 'refused'; reason?: string }>;

/** Facts are told again in five seconds anyway: they are the first to go when the api is away for long. */
const MOST_KEPT = 10_000;

/**
 * What happened, kept until the api has stored it, sent one after the other in order. A report keeps its key when it is
 * sent again, so that it counts once.
 */
export class ReportQueue {
  private readonly waiting: GatewayReport[] = [];
  private sending = false;
  private paused = true;

  constructor(
    private readonly deliver: DeliverReport,
    private readonly clock: () => number,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  add(report: NewReport): void {
    if (this.waiting.length >= MOST_KEPT) {
      const facts = this.waiting.findIndex(({ type }) => type === 'leg-facts');
      if (report.type === 'leg-facts' && facts < 0) return;
      this.waiting.splice(Math.max(0, facts), 1);
    }
    this.waiting.push({ ...report, eventKey: randomUUID(), at: this.clock() });
    void this.flush();
  }

  /** The link is down: nothing is sent until `resume`. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    void this.flush();
  }

  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (!this.paused && this.waiting.length > 0) {
      const report = this.waiting[0]!;
      try {
        await this.deliver(report);
        // The first one, unless it was thrown out meanwhile.
        if (this.waiting[0] === report) this.waiting.shift();
      } catch {
        // Not answered: it stays first and is sent again, with a pause so that a struggling api isn't pressed.
        await new Promise<void>((resolve) => setTimeout(resolve, 250).unref());
      }
    }
    this.sending = false;
  }
}
