import { useQueryClient } from '@tanstack/react-query';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import type { Priority } from '@ringdown/protocol/call-events';
import type { WaitingCall } from '@ringdown/protocol/floor';
import type { CallId } from '@ringdown/protocol/ids';
import { Menu } from '@ringdown/ui/menu';
import { Tag, type TagTone } from '@ringdown/ui/tag';
import { ArrowUpDown, UserCheck } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useColleagues } from '../server/floor-lists.ts';
import { useWork } from '../services.tsx';
import { Timer } from '../shell/moving-time.tsx';
import { languageLabel } from '../shell/label-words.ts';
import { drawnRows } from './rows.ts';
import { whyNotWords } from './why-not.ts';

const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'medium', 'low'];
const TONES: Record<Priority, TagTone> = { urgent: 'danger', high: 'warning', medium: 'plain', low: 'plain' };
const ROW_PX = 64;

interface WaitingListProps {
  readonly calls: readonly WaitingCall[];
  /** Named in each row where rows are of several. */
  readonly hotline: boolean;
  readonly label: string;
}

/**
 * Only rows in sight are drawn, so that 500 cost as much as ten. The row that holds the focus is always drawn, and when its
 * call is answered the focus goes to the row in its place.
 */
export function WaitingList({ calls, hotline, label }: WaitingListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<{ callId: CallId; index: number } | null>(null);
  const held = focused ? calls.findIndex(({ callId }) => callId === focused.callId) : -1;
  const virtual = useVirtualizer({
    count: calls.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    initialRect: { width: 800, height: 600 },
    getItemKey: (index) => calls[index]?.callId ?? index,
    rangeExtractor: useCallback((range: Range) => drawnRows(defaultRangeExtractor(range), held), [held]),
  });
  useEffect(() => {
    if (!focused || held >= 0 || document.activeElement !== document.body) return;
    const rows = box.current?.querySelectorAll<HTMLElement>('[role="listitem"]');
    const next = [...(rows ?? [])].find((row) => Number(row.dataset['index']) >= focused.index);
    (next?.querySelector<HTMLElement>('button') ?? box.current)?.focus();
  }, [focused, held]);
  return (
    <div
      ref={box}
      className="waiting-box"
      role="list"
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      onBlur={({ relatedTarget }) => (relatedTarget ? setFocused(null) : undefined)}
    >
      <div style={{ position: 'relative', height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const call = calls[index];
          if (!call) return null;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              role="listitem"
              aria-setsize={calls.length}
              aria-posinset={index + 1}
              className="waiting-row"
              style={{ transform: `translateY(${start}px)` }}
              onFocus={() => setFocused({ callId: call.callId, index })}
            >
              <WaitingRow call={call} hotline={hotline} place={hotline ? index + 1 : call.position} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const WaitingRow = memo(function WaitingRow({
  call,
  hotline,
  place,
}: {
  call: WaitingCall;
  hotline: boolean;
  place: number;
}) {
  const { t } = useTranslation();
  const { role } = useWork().account.me;
  return (
    <>
      <span className="waiting-place" aria-label={t('waiting.position', { position: place })}>
        {place}
      </span>
      <span className="waiting-what">
        <span className="row">
          {hotline ? <strong>{call.hotlineName}</strong> : null}
          <Tag>{languageLabel(call.language)}</Tag>
          {call.priority === 'medium' ? null : (
            <Tag tone={TONES[call.priority]}>{t(`waiting.level.${call.priority}`)}</Tag>
          )}
          {call.rescued ? <Tag tone="warning">{t('waiting.back')}</Tag> : null}
          {call.test ? <Tag tone="accent">{t('call.test')}</Tag> : null}
        </span>
        <span className="quiet waiting-why">{whyNotWords(call, t)}</span>
      </span>
      <span className="waiting-time" role="timer" aria-label={t('floor.longest')}>
        <Timer since={call.arrivedAt} />
      </span>
      {role === 'volunteer' ? null : <LeaderActions call={call} />}
    </>
  );
});

function LeaderActions({ call }: { call: WaitingCall }) {
  const { t } = useTranslation();
  const { desk } = useWork();
  const queries = useQueryClient();
  const look = () => void queries.invalidateQueries({ queryKey: ['floor'] });
  const people = useColleagues().data?.people ?? [];
  const free = people.filter(
    ({ state, reachable, hotlineIds }) => state === 'available' && reachable && hotlineIds.includes(call.hotlineId),
  );
  return (
    <span className="waiting-do">
      <Menu
        word={t('waiting.assign')}
        label={t('waiting.assign-label')}
        icon={<UserCheck size={16} aria-hidden />}
        at="top"
        choices={
          free.length === 0
            ? [{ id: 'nobody', name: t('waiting.nobody-free'), onChoose: () => undefined }]
            : free.map(({ operatorId, name }) => ({
                id: operatorId,
                name,
                onChoose: () => void desk.assign(call.callId, operatorId).then(look),
              }))
        }
      />
      <Menu
        word={t('waiting.priority')}
        label={t('waiting.priority-label')}
        icon={<ArrowUpDown size={16} aria-hidden />}
        at="top"
        choices={PRIORITIES.map((priority) => ({
          id: priority,
          name: t(`waiting.level.${priority}`),
          onChoose: () => void desk.setPriority(call.callId, priority).then(look),
        }))}
      />
    </span>
  );
}
