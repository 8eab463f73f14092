import { Injectable } from '@nestjs/common';
import { openingAt, whoIsOnShift } from '@ringdown/call-flow/rota';
import { Clock } from '@ringdown/platform/clock';
import { notFound } from '@ringdown/platform/problems';
import { SocketHub } from '@ringdown/platform/socket-hub';
import { CONSOLE_NAMESPACE } from '@ringdown/protocol/console';
import type { OpeningHours } from '@ringdown/protocol/http';
import type { HotlineId, Instant, OperatorId } from '@ringdown/protocol/ids';
import type { OpeningCause, Rota } from '@ringdown/protocol/rota';
import { type RotaBook, RotaRepository } from '@ringdown/store/rota.repository';

/** Changes are told to all processes at once; this is for a message that was lost on the way. */
const REMEMBERED_MS = 15_000;
/** Between processes: forget what you know of a hotline's rota. */
const FORGET = 'forget-rota';

type Listener = (hotlineId: HotlineId) => void;

/** The rota as calls see it: who is on shift, whether the hotline is open. Kept in memory, for it is asked at each decision. */
@Injectable()
export class RotaService {
  private readonly remembered = new Map<HotlineId, { rota: Promise<Rota | null>; until: Instant }>();
  private readonly listeners: Listener[] = [];

  constructor(
    private readonly rotas: RotaRepository,
    private readonly clock: Clock,
    private readonly hub: SocketHub,
  ) {
    hub.io.of(CONSOLE_NAMESPACE).on(FORGET, (hotlineId: HotlineId) => this.remembered.delete(hotlineId));
  }

  /** Something the rota is read with has changed: the hotline's zone. */
  forget(hotlineId: HotlineId): void {
    this.remembered.delete(hotlineId);
    this.hub.io.of(CONSOLE_NAMESPACE).serverSideEmit(FORGET, hotlineId);
  }

  /** Told after each change that was made by this process. */
  onChanged(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** `everyone` while the hotline has no rota, or was opened by hand: then whoever is available rings. */
  async onShift(hotlineId: HotlineId, at: Instant): Promise<ReadonlySet<OperatorId> | 'everyone'> {
    const rota = await this.find(hotlineId);
    return rota ? whoIsOnShift(rota, at) : 'everyone';
  }

  async openingAt(
    hotline: { hotlineId: HotlineId; hours: OpeningHours; timeZone: string },
    at: Instant,
  ): Promise<{ open: boolean; because: OpeningCause }> {
    return openingAt(await this.find(hotline.hotlineId), hotline.hours, hotline.timeZone, at);
  }

  find(hotlineId: HotlineId): Promise<Rota | null> {
    const now = this.clock.now();
    const known = this.remembered.get(hotlineId);
    if (known && known.until > now) return known.rota;
    const rota = this.rotas.find(hotlineId);
    this.remembered.set(hotlineId, { rota, until: now + REMEMBERED_MS });
    // A failure is not kept: the next one asks again.
    rota.catch(() => this.remembered.delete(hotlineId));
    return rota;
  }

  async getBook(hotlineId: HotlineId): Promise<RotaBook> {
    const book = await this.rotas.findBook(hotlineId);
    if (!book) throw notFound('hotline');
    return book;
  }

  async change(hotlineId: HotlineId, work: (book: RotaBook) => RotaBook): Promise<RotaBook> {
    const book = await this.rotas.change(hotlineId, work);
    if (!book) throw notFound('hotline');
    this.forget(hotlineId);
    for (const listener of this.listeners) listener(hotlineId);
    return book;
  }
}
