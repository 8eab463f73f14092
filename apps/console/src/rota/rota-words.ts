import type { OperatorId } from '@ringdown/protocol/ids';
import type { LocalDate, RotaView } from '@ringdown/protocol/rota';
import i18next from 'i18next';

const language = () => i18next.resolvedLanguage ?? 'en';

/** A day of the hotline's calendar in words. It has no zone: it is that day wherever it is read. */
export const dayWords = (date: LocalDate): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'full', timeZone: 'UTC' }).format(Date.parse(`${date}T00:00:00Z`));

export const shortDay = (date: LocalDate): string =>
  new Intl.DateTimeFormat(language(), { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    Date.parse(`${date}T00:00:00Z`),
  );

export const nameIn = (view: RotaView, operatorId: OperatorId | null): string =>
  view.people.find((person) => person.operatorId === operatorId)?.name ?? '–';

/** A hue for each person, far from their neighbour's (the golden angle). Words tell people apart; the colour only helps. */
export const hueOf = (view: RotaView, operatorId: OperatorId): number =>
  Math.round((view.people.findIndex((person) => person.operatorId === operatorId) + 1) * 137.5) % 360;
