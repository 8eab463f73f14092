import type { ShiftReminder } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { AlarmClock } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWork } from '../services.tsx';
import { timeOfDay } from '../shell/time-words.ts';

/** Half an hour before a shift of this person, until it is closed. */
export function ShiftReminderNotice() {
  const { t } = useTranslation();
  const { line } = useWork();
  const [reminder, setReminder] = useState<ShiftReminder | null>(null);
  useEffect(() => line.onShiftReminder(setReminder), [line]);
  if (!reminder) return null;
  return (
    <Notice
      tone="accent"
      live="polite"
      icon={<AlarmClock size={20} aria-hidden />}
      title={t('rota.reminder', { hotline: reminder.hotlineName, time: timeOfDay(reminder.startsAt) })}
      action={<Button onPress={() => setReminder(null)}>{t('close')}</Button>}
    >
      {t('rota.reminder-detail')}
    </Notice>
  );
}
