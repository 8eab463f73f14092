import { Report, type ReportBy, type ReportPeriod } from '@ringdown/protocol/reports';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useServices } from '../services.tsx';

export interface ReportChoice {
  readonly period: ReportPeriod;
  readonly by: ReportBy;
  /** Null: all. */
  readonly hotlineId: string | null;
  /** Of a custom period. */
  readonly days: { readonly from: string; readonly to: string };
}

const REFRESH_MS = 60_000;

const searchOf = ({ period, by, hotlineId, days }: ReportChoice): string =>
  new URLSearchParams({
    period,
    by,
    ...(hotlineId === null ? {} : { hotlineId }),
    ...(period === 'custom' ? days : {}),
  }).toString();

/** What has been goes on looking the same while the next is fetched. */
export function useReport(choice: ReportChoice, possible: boolean) {
  const { rest } = useServices();
  const search = searchOf(choice);
  const query = useQuery({
    queryKey: ['reports', search],
    queryFn: () => rest.ask(Report, `/api/reports?${search}`, { timeoutMs: 60_000 }),
    enabled: possible,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  return { query, csvPath: `/api/reports/csv?${search}` };
}
