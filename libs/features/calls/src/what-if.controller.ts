import { Controller, Get, Param, Query } from '@nestjs/common';
import { policyOf } from '@ringdown/call-flow/call-policy';
import { rulesOf } from '@ringdown/call-flow/distribution-rules';
import { overflowTargets } from '@ringdown/call-flow/overflow';
import { openingAt, whoIsOnShift } from '@ringdown/call-flow/rota';
import { simulate } from '@ringdown/call-flow/simulation';
import type { RingAnswer, SimulatedHotline, SimulatedPerson } from '@ringdown/call-flow/simulation-input';
import type { SimulationResult } from '@ringdown/call-flow/simulation-result';
import { RotaService } from '@ringdown/features-hotlines/rota.service';
import { CurrentOperator, leads, type SignedIn, SignedInAs } from '@ringdown/platform/access';
import { Clock } from '@ringdown/platform/clock';
import { notAllowed, notFound } from '@ringdown/platform/problems';
import { HotlineId, Instant, type OperatorId } from '@ringdown/protocol/ids';
import type { Rota, WhatIf, WhatIfLine } from '@ringdown/protocol/rota';
import { type CandidateRow, ConnectionsRepository } from '@ringdown/store/connections.repository';
import { type HotlineRow, HotlinesRepository } from '@ringdown/store/hotlines.repository';
import { z } from 'zod';

/** 2100: further ahead no rota goes. */
const LATEST = 4_102_444_800_000;
const ASKED = z.union([
  z.strictObject({ people: z.literal('now') }),
  z.strictObject({ people: z.literal('free').optional(), at: z.coerce.number().pipe(Instant.max(LATEST)) }),
]);
/** Also of who is on a call now: how long it will last, nobody knows. */
const TALK_MS = 180_000;
const ANSWER_MS = 5_000;
const MESSAGE_MS = 20_000;

const EVENTS: Partial<Record<SimulationResult['timeline'][number]['event'], WhatIfLine['event']>> = {
  arrives: 'arrives',
  rings: 'rings',
  answers: 'answers',
  misses: 'misses',
  declines: 'declines',
  nobody: 'nobody',
  'moves-on': 'moves-on',
  'passed-by': 'passed-by',
  'call-back-asked': 'call-back-asked',
  'number-rings': 'number-rings',
  voicemail: 'voicemail',
  message: 'message',
  ends: 'ends',
};

/** A9: what would happen if somebody called at an instant, played by the engine that takes real calls, on today's settings. */
@Controller('api/hotlines/:hotlineId/rota')
export class WhatIfController {
  constructor(
    private readonly rotas: RotaService,
    private readonly hotlines: HotlinesRepository,
    private readonly connections: ConnectionsRepository,
    private readonly clock: Clock,
  ) {}

  @SignedInAs()
  @Get('what-if')
  async ask(
    @Param('hotlineId', { schema: HotlineId }) hotlineId: HotlineId,
    @Query({ schema: ASKED }) asked: z.infer<typeof ASKED>,
    @CurrentOperator() operator: SignedIn,
  ): Promise<WhatIf> {
    if (!leads(operator.role) && !operator.hotlineIds.includes(hotlineId))
      throw notAllowed('You do not belong to this hotline.');
    const [line, ...others] = await this.linesFrom(hotlineId);
    if (!line) throw notFound('hotline');
    const { hotline, rota } = line;
    const people = peopleOf([line, ...others]);
    const at = asked.people === 'now' ? this.clock.now() : asked.at;
    const play = (answer: RingAnswer): SimulationResult =>
      simulate({
        hotline: simulated(hotline),
        rota,
        others: others.map((each) => ({
          ...simulated(each.hotline),
          language: each.hotline.language,
          rota: each.rota,
        })),
        people: people.map(({ member, serves }) => ({
          ...this.available(member, answer),
          serves,
          ...(asked.people === 'now' ? asTheyAre(member, at) : {}),
        })),
        calls: [
          {
            label: '',
            at,
            language: hotline.language,
            priority: 'medium',
            patienceMs: null,
            talkMs: TALK_MS,
            voicemailMs: MESSAGE_MS,
          },
        ],
        changes: [],
        start: at,
        gateways: 1,
        seed: 1,
      });
    const names = new Map([line, ...others].map((each) => [each.hotline.hotlineId, each.hotline.name]));
    const unanswered = this.linesOf(play({ kind: 'misses' }), at, names);
    const own = new Set(line.members.map(({ operatorId }) => operatorId));
    const rung = unanswered.flatMap(({ event, operatorId }) =>
      event === 'rings' && operatorId && own.has(operatorId) ? [operatorId] : [],
    );
    const onShift = whoIsOnShift(rota, at);
    return {
      at,
      ...openingAt(rota, hotline.hours, hotline.timeZone, at),
      onShift: onShift === 'everyone' ? onShift : [...onShift],
      ringOrder: [...new Set(rung)],
      answered: this.linesOf(play({ kind: 'answers', afterMs: [ANSWER_MS, ANSWER_MS] }), at, names),
      unanswered,
    };
  }

  /** Everybody as they are set up, taken as available and at the console. */
  private available(member: CandidateRow, answer: RingAnswer): SimulatedPerson {
    return {
      operatorId: member.operatorId,
      idleSince: member.idleSince,
      state: 'available',
      answers: [answer],
      talkMs: [TALK_MS, TALK_MS],
      languages: member.languages,
      skills: member.skills,
      weight: member.weight,
      penalty: member.penalty,
      listPlace: member.listPlace,
      lastOfferedAt: member.lastOfferedAt,
      // How many calls somebody will have had by then, nobody knows.
      shiftCapacity: null,
    };
  }

  /** The hotline, and all that its plans may lead a caller to. */
  private async linesFrom(first: HotlineId): Promise<Line[]> {
    const lines: Line[] = [];
    const asked = new Set<HotlineId>();
    for (let next = [first]; next.length > 0;) {
      for (const hotlineId of next) asked.add(hotlineId);
      const found = await Promise.all(next.map((hotlineId) => this.lineOf(hotlineId)));
      const there = found.filter((line) => line !== null);
      lines.push(...there);
      const targets = there.flatMap(({ hotline }) => overflowTargets(hotline.settings.ladders));
      next = [...new Set(targets)].filter((hotlineId) => !asked.has(hotlineId));
    }
    return lines;
  }

  private async lineOf(hotlineId: HotlineId): Promise<Line | null> {
    const [hotline, rota, members] = await Promise.all([
      this.hotlines.findHotline(hotlineId),
      this.rotas.find(hotlineId),
      this.connections.listCandidates(hotlineId),
    ]);
    return hotline && rota ? { hotline, rota, members } : null;
  }

  private linesOf(result: SimulationResult, at: Instant, names: ReadonlyMap<HotlineId, string>): WhatIfLine[] {
    return result.timeline.flatMap((line) => {
      const event = EVENTS[line.event];
      if (!event) return [];
      const hotline = line.hotlineId && names.get(line.hotlineId);
      const { operatorId, detail: reason } = line;
      return [{ afterMs: line.at - at, event, operatorId, reason, ...(hotline ? { hotline } : {}) }];
    });
  }
}

interface Line {
  hotline: HotlineRow;
  rota: Rota;
  members: CandidateRow[];
}

const simulated = (hotline: HotlineRow): SimulatedHotline => ({
  hotlineId: hotline.hotlineId,
  timeZone: hotline.timeZone,
  hours: hotline.hours,
  policy: policyOf(hotline),
  rules: rulesOf(hotline.settings, hotline.language),
  queueLimit: hotline.settings.queueLimit,
});

/** Each person once, with all the hotlines they serve; as the first of these has them. */
const peopleOf = (lines: readonly Line[]): { member: CandidateRow; serves: HotlineId[] }[] => {
  const people = new Map<OperatorId, { member: CandidateRow; serves: HotlineId[] }>();
  for (const { hotline, members } of lines) {
    for (const member of members) {
      const known = people.get(member.operatorId) ?? { member, serves: [] };
      known.serves.push(hotline.hotlineId);
      people.set(member.operatorId, known);
    }
  }
  return [...people.values()];
};

/** At this moment: away, on a break, without a page, or busy until, as is supposed, a usual call is over. */
function asTheyAre(member: CandidateRow, now: Instant): Partial<SimulatedPerson> {
  const { state, reachable, shiftCapacity, shiftCalls } = member;
  const there = { reachable, shiftCapacity, shiftCalls };
  switch (state) {
    case 'offline':
    case 'break':
      return { ...there, state };
    case 'available':
      return there;
    case 'ringing':
    case 'on-call':
    case 'wrap-up':
      return { ...there, busyUntil: now + TALK_MS };
  }
}
