import i18next from 'i18next';

const language = () => i18next.resolvedLanguage ?? 'en';

/** `0:42`, `12:34`, `1:02:09`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `40 s`, `3 min`, `1 h 5 min`: for lists, where seconds of long calls only make noise. */
export function spokenDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `now`, `2 minutes ago`, `yesterday`. */
export function ago(at: number, now: number): string {
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 45) return words.format(0, 'second');
  if (Math.abs(seconds) < 3_600) return words.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return words.format(Math.round(seconds / 3_600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}

export const exactTime = (at: number): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium' }).format(at);

/** For what isn't about seconds. */
export const dayAndTime = (at: number): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(at);

export const timeOfDay = (at: number): string =>
  new Intl.DateTimeFormat(language(), { timeStyle: 'medium' }).format(at);

export const languageName = (tag: string): string =>
  new Intl.DisplayNames([language()], { type: 'language' }).of(tag) ?? tag;

/** `America/New York`: as the list of zones names it. */
export const zoneName = (zone: string): string => zone.replaceAll('_', ' ');

/** A day `YYYY-MM-DD` without a time or a zone. */
export const dayWords = (day: string): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
