import { Inject, Injectable } from '@nestjs/common';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import type { CallPolicy } from '@ringdown/protocol/call-events';
import type { Instant } from '@ringdown/protocol/ids';
import type { HotlineRow } from '@ringdown/store/hotlines.repository';
import { CALL_LOG, type EngineLog } from './call-engine.ts';

/** Nobody can be called back at a number that was withheld. */
export const withoutCallBack = ({ callBack: _unused, ...policy }: CallPolicy): CallPolicy => policy;

/** Whether a hotline takes a call at this moment: one that comes in, and one that another hotline leads on to it. */
@Injectable()
export class Admission {
  constructor(
    private readonly rotas: RotaService,
    @Inject(CALL_LOG) private readonly log: EngineLog,
  ) {}

  async to(hotline: HotlineRow, at: Instant): Promise<{ admission: 'open' | 'closed' | 'full'; waiting: number }> {
    const [{ open }, { waiting }] = await Promise.all([
      this.rotas.openingAt(hotline, at),
      this.log.countWaiting(hotline.hotlineId),
    ]);
    const full = waiting >= hotline.settings.queueLimit;
    return { admission: !open ? 'closed' : full ? 'full' : 'open', waiting };
  }
}
