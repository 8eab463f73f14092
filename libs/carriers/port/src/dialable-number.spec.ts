import { E164 } from '@ringdown/protocol/ids';
import { describe, expect, it } from 'vitest';
import { countryOf, toDialable, toOwnNumber } from './dialable-number.ts';

describe('a number somebody typed', () => {
  it.each([
    ['(212) 736-5000', ['US'], '+12127365000'],
    ['+1 212 736 5000', ['US'], '+12127365000'],
    ['030 901820', ['DE'], '+4930901820'],
    ['+49 30 901820', ['US', 'DE'], '+4930901820'],
    ['+15005557001', ['US'], '+15005557001'],
  ])('%s is dialled from %j as %s', (text, countries, number) => {
    expect(toDialable(text, countries)).toEqual({ outcome: 'dialable', number });
  });

  it.each([
    ['911', ['US'], 'short-number'],
    ['1-1-2', ['DE'], 'short-number'],
    ['+911', ['US'], 'short-number'],
    ['hello', ['US'], 'not-a-number'],
    ['', ['US'], 'not-a-number'],
    ['+12', ['US'], 'short-number'],
    ['212 736 5000 ext. 12', ['US'], 'not-a-number'],
    ['+1 900 234 5678', ['US'], 'premium-number'],
    ['+49 900 1234567', ['DE'], 'premium-number'],
    ['+49 30 901820', ['US'], 'country-not-allowed'],
    // Same code as the United States, but another country with other prices.
    ['+1 876 656 1234', ['US'], 'country-not-allowed'],
    ['+12127365000', [], 'country-not-allowed'],
    ['+12127365000', ['XX'], 'country-not-allowed'],
  ])('%s is refused from %j: %s', (text, countries, reason) => {
    expect(toDialable(text, countries)).toEqual({ outcome: 'refused', reason });
  });

  it('of a volunteer’s own may be of any country, but not a premium or a short one', () => {
    expect(toOwnNumber('+49 30 901820')).toEqual({ outcome: 'dialable', number: '+4930901820' });
    expect(toOwnNumber('+15005557001')).toEqual({ outcome: 'dialable', number: '+15005557001' });
    expect(toOwnNumber('+1 900 234 5678')).toEqual({ outcome: 'refused', reason: 'premium-number' });
    expect(toOwnNumber('212 736 5000')).toEqual({ outcome: 'refused', reason: 'not-a-number' });
    expect(toOwnNumber('112')).toEqual({ outcome: 'refused', reason: 'short-number' });
  });

  it('tells a country by its code', () => {
    expect(countryOf(E164.parse('+4930901820'))).toBe('DE');
    expect(countryOf(E164.parse('+12127365000'))).toBe('US');
  });
});
