import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { badRequest, notAllowed, notFound } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import { HotlineId, type OperatorId } from '@ringdown/protocol/ids';
import {
  type CalendarAnswer,
  HolidayId,
  ImportCalendar,
  LocalDate,
  OfferSwap,
  type RotaView,
  SaveHoliday,
  SaveShift,
  SetEmergency,
  ShiftId,
  SwapId,
} from '@ringdown/protocol/rota';
import { CallsRepository } from '@ringdown/store/calls.repository';
import { PeopleRepository } from '@ringdown/store/people.repository';
import type { RotaBook } from '@ringdown/store/rota.repository';
import { z } from 'zod';
import { readCalendar, writeCalendar } from './rota-calendar.ts';
import {
  moveEvening,
  offerSwap,
  removeHoliday,
  removeShift,
  replaceShifts,
  saveHoliday,
  saveShift,
  setEmergency,
  takeSwap,
  withdrawSwap,
} from './rota-changes.ts';
import { RotaService } from './rota.service.ts';

const ONE_DAY = z.object({ date: LocalDate.optional() });
const hotline = () => Param('hotlineId', { schema: HotlineId });

/** Everybody of the hotline sees its rota and swaps shifts; owner, admins and supervisors write it. */
@Controller('api/hotlines/:hotlineId/rota')
export class RotaController {
  constructor(
    private readonly rotas: RotaService,
    private readonly people: PeopleRepository,
    private readonly calls: CallsRepository,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  @SignedInAs()
  @Get()
  async get(@hotline() hotlineId: HotlineId, @CurrentOperator() operator: SignedIn): Promise<RotaView> {
    this.refuseStrangers(hotlineId, operator);
    return this.toView(await this.rotas.getBook(hotlineId), operator);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Post('shifts')
  async create(
    @hotline() hotlineId: HotlineId,
    @Body({ schema: SaveShift }) body: z.infer<typeof SaveShift>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    await this.refuseForeign(hotlineId, body.shift.operatorId);
    return this.toView(await this.rotas.change(hotlineId, saveShift(body.revision, body.shift)), operator);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Put('shifts/:shiftId')
  async update(
    @hotline() hotlineId: HotlineId,
    @Param('shiftId', { schema: ShiftId }) shiftId: ShiftId,
    @Query({ schema: ONE_DAY }) { date }: z.infer<typeof ONE_DAY>,
    @Body({ schema: SaveShift }) body: z.infer<typeof SaveShift>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    await this.refuseForeign(hotlineId, body.shift.operatorId);
    const book = await this.rotas.change(hotlineId, (before) => {
      if (date) return moveEvening(body.revision, shiftId, date, body.shift, this.clock.now())(before);
      if (!before.rota.shifts.some((shift) => shift.shiftId === shiftId)) throw notFound('shift');
      return saveShift(body.revision, { ...body.shift, shiftId })(before);
    });
    return this.toView(book, operator);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Delete('shifts/:shiftId')
  async remove(
    @hotline() hotlineId: HotlineId,
    @Param('shiftId', { schema: ShiftId }) shiftId: ShiftId,
    @Query({ schema: ONE_DAY }) query: z.infer<typeof ONE_DAY>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    const change = removeShift(shiftId, query.date, this.clock.now());
    return this.toView(await this.rotas.change(hotlineId, change), operator);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Post('holidays')
  async addHoliday(
    @hotline() hotlineId: HotlineId,
    @Body({ schema: SaveHoliday }) body: z.infer<typeof SaveHoliday>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    return this.toView(await this.rotas.change(hotlineId, saveHoliday(body.holiday)), operator);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Delete('holidays/:holidayId')
  async removeHoliday(
    @hotline() hotlineId: HotlineId,
    @Param('holidayId', { schema: HolidayId }) holidayId: HolidayId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    return this.toView(await this.rotas.change(hotlineId, removeHoliday(holidayId)), operator);
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Put('emergency')
  async setEmergency(
    @hotline() hotlineId: HotlineId,
    @Body({ schema: SetEmergency }) body: z.infer<typeof SetEmergency>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    const book = await this.rotas.change(hotlineId, setEmergency(body.emergency, this.clock.now()));
    await this.calls.addAdminLogLine({
      kind: 'hotline-emergency',
      actorId: operator.operatorId,
      details: { hotline: hotlineId, state: body.emergency?.state ?? 'by-hours' },
    });
    return this.toView(book, operator);
  }

  @SignedInAs()
  @Post('swaps')
  async offer(
    @hotline() hotlineId: HotlineId,
    @Body({ schema: OfferSwap }) body: z.infer<typeof OfferSwap>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    this.refuseStrangers(hotlineId, operator);
    if (body.to) await this.refuseForeign(hotlineId, body.to);
    const swapId = SwapId.parse(this.random.uuid());
    const change = offerSwap(swapId, operator.operatorId, body, this.clock.now());
    return this.toView(await this.rotas.change(hotlineId, change), operator);
  }

  @SignedInAs()
  @Post('swaps/:swapId/take')
  @HttpCode(200)
  async take(
    @hotline() hotlineId: HotlineId,
    @Param('swapId', { schema: SwapId }) swapId: SwapId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    // Who takes a shift must serve the hotline: leading it isn't enough.
    await this.refuseForeign(hotlineId, operator.operatorId);
    const change = takeSwap(swapId, operator.operatorId, this.clock.now());
    return this.toView(await this.rotas.change(hotlineId, change), operator);
  }

  @SignedInAs()
  @Post('swaps/:swapId/withdraw')
  @HttpCode(200)
  async withdraw(
    @hotline() hotlineId: HotlineId,
    @Param('swapId', { schema: SwapId }) swapId: SwapId,
    @CurrentOperator() operator: SignedIn,
  ): Promise<RotaView> {
    this.refuseStrangers(hotlineId, operator);
    const change = withdrawSwap(swapId, operator.operatorId, leads(operator.role), this.clock.now());
    return this.toView(await this.rotas.change(hotlineId, change), operator);
  }

  @SignedInAs()
  @Get('calendar')
  @Header('content-type', 'text/calendar; charset=utf-8')
  async exportCalendar(@hotline() hotlineId: HotlineId, @CurrentOperator() operator: SignedIn): Promise<string> {
    this.refuseStrangers(hotlineId, operator);
    const { rota } = await this.rotas.getBook(hotlineId);
    return writeCalendar(rota, await this.peopleOf(hotlineId));
  }

  @SignedInAs('owner', 'admin', 'supervisor')
  @Put('calendar')
  async importCalendar(
    @hotline() hotlineId: HotlineId,
    @Body({ schema: ImportCalendar }) body: z.infer<typeof ImportCalendar>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<CalendarAnswer> {
    const { rota } = await this.rotas.getBook(hotlineId);
    const reading = readCalendar(body.calendar, {
      timeZone: rota.timeZone,
      people: await this.peopleOf(hotlineId),
      newId: () => this.random.uuid(),
    });
    if (!reading.ok) return { outcome: 'refused', problems: reading.problems };
    const change = replaceShifts(body.revision, reading.plan, this.clock.now());
    const book = await this.rotas.change(hotlineId, change);
    return { outcome: 'imported', shifts: reading.plan.shifts.length, view: await this.toView(book, operator) };
  }

  private refuseStrangers(hotlineId: HotlineId, operator: SignedIn): void {
    if (!leads(operator.role) && !operator.hotlineIds.includes(hotlineId))
      throw notAllowed('You do not belong to this hotline.');
  }

  private async refuseForeign(hotlineId: HotlineId, operatorId: OperatorId): Promise<void> {
    const operator = await this.people.findOperator(operatorId);
    if (!operator?.hotlineIds.includes(hotlineId))
      throw badRequest('not-a-member', 'This person does not belong to the hotline.');
  }

  private async peopleOf(hotlineId: HotlineId): Promise<{ operatorId: OperatorId; name: string }[]> {
    const all = await this.people.listOperators();
    return all
      .filter((operator) => operator.hotlineIds.includes(hotlineId))
      .map(({ operatorId, name }) => ({ operatorId, name }));
  }

  /** With the names of people who left: their past shifts keep them. */
  private async toView({ rota, swaps }: RotaBook, operator: SignedIn): Promise<RotaView> {
    const people = await this.peopleOf(rota.hotlineId);
    const known = new Set(people.map((person) => person.operatorId));
    const others = [...rota.shifts, ...rota.covers].map((each) => each.operatorId).filter((id) => !known.has(id));
    const names = await this.people.namesOf([...new Set(others)]);
    return {
      rota,
      people: [...people, ...[...names].map(([operatorId, name]) => ({ operatorId, name }))],
      swaps,
      mayEdit: leads(operator.role),
      serverTime: this.clock.now(),
    };
  }
}
