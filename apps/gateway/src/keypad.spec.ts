import { beforeEach, describe, expect, it } from 'vitest';
import { Keypad, type KeypadRules } from './keypad.ts';

const WAITING: KeypadRules = { code: true, keys: 'each' };
const CHOOSING: KeypadRules = { code: false, keys: 'one' };
const ENTERING: KeypadRules = { code: false, keys: 'entry' };

describe('the keys of a phone', () => {
  let told: string[];
  let keypad: Keypad;
  const press = (keys: string, nowMs = 0): void => {
    for (const key of keys) keypad.press(key, nowMs);
  };
  beforeEach(() => {
    told = [];
    keypad = new Keypad({
      onKey: (key) => told.push(key),
      onEntering: (what) => told.push(`entering ${what}`),
      onEntered: (what, keys) => told.push(`${what} ${keys}`),
      onGivenUp: () => told.push('given up'),
    });
    keypad.enter('queue', WAITING, 0);
  });

  it('of a caller are told one by one, also after a star: a menu’s choice and the call-back wait for nothing', () => {
    press('1*1*2#09');
    expect(told).toEqual(['1', '*', '1', '*', '2', '#', '0', '9']);
  });

  it('from star and nought on are a code: told in one piece, at the hash, and not one of them before', () => {
    press('*04821135792');
    expect(told).toEqual(['*', 'entering code']);
    press('#');
    expect(told).toEqual(['*', 'entering code', 'code 04821135792']);
  });

  it('begin again with a star, and are forgotten after a pause', () => {
    press('*0482*04821135792#');
    expect(told.at(-1)).toBe('code 04821135792');
    keypad.forget(0);
    press('*0482', 100);
    keypad.tick(10_099);
    expect(told.at(-1)).toBe('entering code');
    keypad.tick(10_100);
    expect(told.at(-1)).toBe('given up');
  });

  it('of a code that was broken off are nobody’s, up to star or hash, or until there were none for a while', () => {
    press('*0482');
    keypad.tick(10_000);
    press('1135792#', 10_500);
    expect(told).toEqual(['*', 'entering code', 'given up']);
    press('1', 10_600);
    expect(told.at(-1)).toBe('1');
    press('*048', 11_000);
    keypad.enter('bridge', { code: false, keys: 'each' }, 11_000);
    press('21', 12_000);
    press('3', 31_000);
    expect(told.slice(-2)).toEqual(['*', 'entering code']);
    press('4', 51_000);
    expect(told.at(-1)).toBe('4');
  });

  it('of a number that came too late choose nothing from the menu', () => {
    keypad.enter('number', ENTERING, 0);
    press('0170');
    keypad.enter('menu', CHOOSING, 0);
    press('5551#');
    expect(told).toEqual(['entering number']);
    press('1');
    expect(told.at(-1)).toBe('1');
  });

  it('without an answer to a code go on as before', () => {
    press('*0482#77');
    keypad.tick(6_000);
    expect(told.slice(-2)).toEqual(['code 0482', 'given up']);
  });

  it('of a code are kept also when its star opened the menu of languages', () => {
    press('*');
    keypad.enter('menu of languages', WAITING, 0);
    press('048');
    keypad.enter('queue again', WAITING, 0);
    press('21135792#');
    expect(told).toEqual(['*', 'entering code', 'code 04821135792']);
    keypad.enter('menu of languages', WAITING, 0);
    press('1');
    keypad.enter('menu', CHOOSING, 0);
    expect(told.at(-1)).toBe('1');
  });

  it('of a code go on while the queue moves, and are dropped when a person answers', () => {
    press('*048');
    keypad.enter('queue', WAITING, 0);
    press('21135792#');
    expect(told.at(-1)).toBe('code 04821135792');
    keypad.forget(0);
    press('*048');
    keypad.enter('bridge', { code: false, keys: 'each' }, 0);
    press('2#2#');
    expect(told.slice(-2)).toEqual(['2', '#']);
  });

  it('where no code is wanted are keys like others', () => {
    keypad.enter('bridge', { code: false, keys: 'each' }, 0);
    press('*0482#');
    expect(told).toEqual(['*', '0', '4', '8', '2', '#']);
  });

  it('pressed ahead wait for the scene they are for: a number dialled in one go is never told key by key', () => {
    press('*04821135792#35557402#');
    expect(told.at(-1)).toBe('code 04821135792');
    keypad.enter('menu', CHOOSING, 0);
    expect(told.at(-1)).toBe('3');
    keypad.enter('number', ENTERING, 0);
    expect(told.slice(-2)).toEqual(['entering number', 'number 5557402']);
  });

  it('of a menu are told once; one that meant nothing leaves room for another after a moment', () => {
    keypad.enter('menu', CHOOSING, 0);
    press('55');
    expect(told).toEqual(['5']);
    keypad.tick(2_000);
    press('1', 2_100);
    expect(told).toEqual(['5', '1']);
  });

  it('of a number begin anew with a star and are cut at a length that no number has', () => {
    keypad.enter('number', ENTERING, 0);
    press(`12*${'9'.repeat(40)}#`);
    expect(told).toEqual(['entering number', `number ${'9'.repeat(24)}`]);
  });
});
