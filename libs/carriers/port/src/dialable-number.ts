import { E164 } from '@ringdown/protocol/ids';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CountryCode } from 'libphonenumber-js/max';

/** ISO 3166 codes of the countries whose numbers a hotline may dial. */
export type Countries = readonly string[];

export type DialableNumber =
  | { outcome: 'dialable'; number: E164 }
  | { outcome: 'refused'; reason: 'not-a-number' | 'short-number' | 'premium-number' | 'country-not-allowed' };

/** Billed to whoever calls, at the owner's price. */
const premiumTypes = new Set(['PREMIUM_RATE', 'SHARED_COST']);

const refused = (reason: Extract<DialableNumber, { outcome: 'refused' }>['reason']): DialableNumber => ({
  outcome: 'refused',
  reason,
});

const toCountry = (code: string | undefined): CountryCode | undefined => getCountries().find((each) => each === code);

/** Null when the number's country is unknown, as for numbers kept for tests. */
export const countryOf = (number: E164): string | null => {
  const parsed = parsePhoneNumberFromString(number);
  if (!parsed) return null;
  return (
    parsed.country ?? getCountries().find((each) => getCountryCallingCode(each) === parsed.countryCallingCode) ?? null
  );
};

/**
 * What a person typed as a number that may be dialled. National numbers are read as of the first country. Emergency and
 * service numbers are short everywhere: none is let through, a person dials those from their own phone.
 */
export const toDialable = (text: string, countries: Countries): DialableNumber => {
  if (/^\+?\d{1,6}$/.test(text.replace(/[\s().-]/g, ''))) return refused('short-number');
  const home = toCountry(countries[0]);
  const parsed = parsePhoneNumberFromString(text, home ? { defaultCountry: home } : {});
  const number = E164.safeParse(parsed?.number);
  if (!parsed?.isPossible() || !number.success || parsed.ext !== undefined) return refused('not-a-number');
  if (premiumTypes.has(parsed.getType() ?? '')) return refused('premium-number');
  const allowed = countries.some((country) => {
    const code = toCountry(country);
    if (!code) return false;
    // Numbers of no country (kept for tests and stories) count as of each country with their code.
    return parsed.country === undefined
      ? getCountryCallingCode(code) === parsed.countryCallingCode
      : parsed.country === code;
  });
  return allowed ? { outcome: 'dialable', number: number.data } : refused('country-not-allowed');
};

/** A person's own number, from any country, in international form. */
export const toOwnNumber = (text: string): DialableNumber => {
  const parsed = parsePhoneNumberFromString(text);
  return parsed ? toDialable(parsed.number, [countryOf(parsed.number as E164) ?? '']) : toDialable(text, []);
};
