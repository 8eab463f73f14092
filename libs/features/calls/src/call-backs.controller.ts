import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CurrentOperator, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { badRequest, conflict, notAllowed, notFound } from '@ringdown/platform/problems';
import {
  AskCallBack,
  type AskedCallBack,
  AskedCallBackState,
  CloseCallBack,
  OPEN_CALL_BACKS,
} from '@ringdown/protocol/call-backs';
import type { Person } from '@ringdown/protocol/follow-ups';
import { AskedCallBackId, type OperatorId } from '@ringdown/protocol/ids';
import { type AskedCallBackRow, CallBacksRepository } from '@ringdown/store/call-backs.repository';
import { HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import { z } from 'zod';
import { AskedCallBacks, ATTEMPTS_ALLOWED, leadsHotline } from './asked-call-backs.service.ts';
import { CallAccess } from './call-access.ts';

const Filter = z.object({ state: z.enum(['open', 'over']).default('open') });
const OVER = AskedCallBackState.options.filter((state) => !OPEN_CALL_BACKS.includes(state));

/** Call-backs that volunteers ask supervisors for (X3). */
@Controller('api/call-backs')
export class CallBacksController {
  constructor(
    private readonly asked: AskedCallBacks,
    private readonly store: CallBacksRepository,
    private readonly access: CallAccess,
    private readonly hotlines: HotlinesRepository,
    private readonly people: PeopleRepository,
  ) {}

  @SignedInAs()
  @Get()
  async list(
    @Query({ schema: Filter }) { state }: z.infer<typeof Filter>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<AskedCallBack[]> {
    const hotlines = await this.hotlines.listHotlines();
    const rows = await this.store.list({
      hotlineIds: hotlines.map(({ hotlineId }) => hotlineId).filter((id) => leadsHotline(operator, id)),
      askedBy: operator.operatorId,
      states: state === 'open' ? OPEN_CALL_BACKS : OVER,
      newestFirst: state === 'over',
    });
    return this.shown(rows);
  }

  @SignedInAs()
  @Post()
  async ask(
    @Body({ schema: AskCallBack }) body: AskCallBack,
    @CurrentOperator() operator: SignedIn,
  ): Promise<AskedCallBack> {
    const call = await this.access.getForWriting(body.callId, operator);
    if (call.practice) throw badRequest('practice', 'There is nobody to call back after practice.');
    if (!call.callerSealed) {
      throw conflict('number-withheld', 'The caller’s number is withheld: nobody could call back.');
    }
    const earlier = await this.store.find(body.callBackId);
    if (earlier && (earlier.callId !== body.callId || earlier.askedBy !== operator.operatorId)) {
      throw conflict('call-back-exists', 'There is another call-back with this id.');
    }
    await this.asked.ask(call, operator.operatorId, body);
    return this.one(body.callBackId);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Post(':callBackId/claim')
  async claim(
    @Param('callBackId', { schema: AskedCallBackId }) callBackId: AskedCallBackId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<AskedCallBack> {
    const item = await this.getLed(callBackId, operator);
    const mine = item.state === 'claimed' && item.claimedBy === operator.operatorId;
    if (!mine && !(await this.asked.claim(item, operator.operatorId))) {
      throw conflict('already-claimed', 'Somebody else has it already, or it is over.');
    }
    return this.one(callBackId);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Post(':callBackId/release')
  async release(
    @Param('callBackId', { schema: AskedCallBackId }) callBackId: AskedCallBackId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<AskedCallBack> {
    const item = await this.getLed(callBackId, operator);
    // Whoever went home with it claimed: those above may put it back.
    if (item.claimedBy !== operator.operatorId && operator.role === 'supervisor') {
      throw notAllowed('Somebody else has it.');
    }
    if (!(await this.asked.release(item, operator.operatorId))) throw changedMeanwhile();
    return this.one(callBackId);
  }

  @SignedInAs()
  @Post(':callBackId/close')
  async close(
    @Param('callBackId', { schema: AskedCallBackId }) callBackId: AskedCallBackId,
    @Body({ schema: CloseCallBack }) { as }: CloseCallBack,
    @CurrentOperator() operator: SignedIn,
  ): Promise<AskedCallBack> {
    const item = await this.store.find(callBackId);
    const leading = item !== null && leadsHotline(operator, item.hotlineId);
    if (!item || (!leading && item.askedBy !== operator.operatorId)) throw notFound('call-back');
    const has = item.claimedBy === operator.operatorId;
    // Who asked may take it back as long as nobody has it.
    if (!has && (as === 'done' || item.claimedBy !== null)) throw notAllowed('Claim it first.');
    if (!(await this.asked.close(item, operator.operatorId, as))) throw changedMeanwhile();
    return this.one(callBackId);
  }

  /** One that somebody else leads and none at all look the same from outside. */
  private async getLed(callBackId: AskedCallBackId, operator: SignedIn): Promise<AskedCallBackRow> {
    const item = await this.store.find(callBackId);
    if (!item || !leadsHotline(operator, item.hotlineId)) throw notFound('call-back');
    return item;
  }

  private async one(callBackId: AskedCallBackId): Promise<AskedCallBack> {
    const row = await this.store.find(callBackId);
    const [shown] = row ? await this.shown([row]) : [];
    if (!shown) throw notFound('call-back');
    return shown;
  }

  private async shown(rows: readonly AskedCallBackRow[]): Promise<AskedCallBack[]> {
    const ids = rows.flatMap(({ askedBy, claimedBy }) => [askedBy, ...(claimedBy ? [claimedBy] : [])]);
    const [hotlines, names] = await Promise.all([this.hotlines.listHotlines(), this.people.namesOf([...new Set(ids)])]);
    const hotlineNames = new Map(hotlines.map(({ hotlineId, name }) => [hotlineId, name]));
    const person = (operatorId: OperatorId): Person => ({ operatorId, name: names.get(operatorId) ?? '' });
    return rows.map(({ askedBy, claimedBy, claimedAt: _unshown, ...row }) => ({
      ...row,
      hotlineName: hotlineNames.get(row.hotlineId) ?? '',
      askedBy: person(askedBy),
      claimedBy: claimedBy && person(claimedBy),
      attemptsAllowed: ATTEMPTS_ALLOWED,
    }));
  }
}

const changedMeanwhile = () => conflict('changed-meanwhile', 'Somebody else was quicker. Look at the list again.');
