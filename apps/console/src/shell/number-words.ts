import i18next from 'i18next';

/** 0 to 1 as `82 %`. Cut, not rounded: what doesn't reach a goal mustn't look as if it did. */
export const percent = (share: number): string =>
  new Intl.NumberFormat(i18next.resolvedLanguage ?? 'en', { style: 'percent', roundingMode: 'floor' }).format(share);

export const wholeNumber = (value: number): string =>
  new Intl.NumberFormat(i18next.resolvedLanguage ?? 'en').format(value);
