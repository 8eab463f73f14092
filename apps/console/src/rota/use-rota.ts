import { CalendarAnswer, type LocalDate, RotaView, type Shift, WhatIf } from '@ringdown/protocol/rota';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { HotlineId, Instant } from '@ringdown/protocol/ids';
import { useServices } from '../services.tsx';

const keyOf = (hotlineId: HotlineId) => ['rota', hotlineId];
const pathOf = (hotlineId: HotlineId) => `/api/hotlines/${hotlineId}/rota`;

export function useRota(hotlineId: HotlineId) {
  const { rest } = useServices();
  return useQuery({ queryKey: keyOf(hotlineId), queryFn: () => rest.ask(RotaView, pathOf(hotlineId)) });
}

const LOOK_AGAIN_MS = 10_000;

/** `now`: with people as they are at this moment. Null: not to be asked. */
export function useWhatIf(hotlineId: HotlineId, at: Instant | 'now' | null) {
  const { rest } = useServices();
  const search = at === 'now' ? 'people=now' : `at=${at ?? 0}`;
  return useQuery({
    queryKey: [...keyOf(hotlineId), 'what-if', at],
    enabled: at !== null,
    queryFn: () => rest.ask(WhatIf, `${pathOf(hotlineId)}/what-if?${search}`),
    refetchInterval: at === 'now' ? LOOK_AGAIN_MS : false,
  });
}

/** What a person may change; each answer is the rota as it is then. */
export function useRotaChanges(hotlineId: HotlineId) {
  const { rest } = useServices();
  const queries = useQueryClient();
  const path = pathOf(hotlineId);
  const show = async (view: RotaView) => {
    queries.setQueryData(keyOf(hotlineId), view);
    await queries.invalidateQueries({ queryKey: [...keyOf(hotlineId), 'what-if'] });
    await queries.invalidateQueries({ queryKey: ['hotlines'] });
  };
  const send = async (to: string, method: 'POST' | 'PUT' | 'DELETE', json?: unknown) => {
    try {
      await show(await rest.ask(RotaView, path + to, { method, ...(json === undefined ? {} : { json }) }));
    } catch (error) {
      // Most refusals come of an old picture: show the new one beside the words.
      await queries.invalidateQueries({ queryKey: keyOf(hotlineId) });
      throw error;
    }
  };
  return {
    addShift: (revision: number, shift: Shift) => send('/shifts', 'POST', { revision, shift }),
    saveShift: (revision: number, shift: Shift) => send(`/shifts/${shift.shiftId}`, 'PUT', { revision, shift }),
    moveEvening: (revision: number, of: Shift, date: LocalDate, evening: Shift) =>
      send(`/shifts/${of.shiftId}?date=${date}`, 'PUT', { revision, shift: evening }),
    removeShift: (shift: Shift, date?: LocalDate) =>
      send(`/shifts/${shift.shiftId}${date === undefined ? '' : `?date=${date}`}`, 'DELETE'),
    saveHoliday: (holiday: unknown) => send('/holidays', 'POST', { holiday }),
    removeHoliday: (holidayId: string) => send(`/holidays/${holidayId}`, 'DELETE'),
    setEmergency: (emergency: { state: 'closed' | 'open'; until: null } | null) =>
      send('/emergency', 'PUT', { emergency }),
    offerSwap: (offer: unknown) => send('/swaps', 'POST', offer),
    settleSwap: (swapId: string, as: 'take' | 'withdraw') => send(`/swaps/${swapId}/${as}`, 'POST'),
    importCalendar: async (revision: number, calendar: string): Promise<CalendarAnswer> => {
      const answer = await rest.ask(CalendarAnswer, `${path}/calendar`, {
        method: 'PUT',
        json: { revision, calendar },
      });
      if (answer.outcome === 'imported') await show(answer.view);
      return answer;
    },
    calendarPath: `${path}/calendar`,
  };
}

export type RotaChanges = ReturnType<typeof useRotaChanges>;
