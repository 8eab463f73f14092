import { countryOf } from '@ringdown/carriers-port/dialable-number';
import type { HotlineRow } from '@ringdown/store/hotlines.repository';

/** Countries whose numbers a hotline may dial: those of its own numbers, unless an administrator named others. */
export const countriesOf = (hotline: Pick<HotlineRow, 'settings' | 'numbers'>): string[] => {
  const { outsideCountries } = hotline.settings;
  if (outsideCountries.length > 0) return outsideCountries;
  return hotline.numbers.flatMap(({ e164 }) => countryOf(e164) ?? []);
};
