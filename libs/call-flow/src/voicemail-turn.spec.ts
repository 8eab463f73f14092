import { OperatorId } from '@ringdown/protocol/ids';
import { expect, it } from 'vitest';
import { voicemailTurn } from './voicemail-turn.ts';

const [vera, walid] = ['1', '2'].map((n) => OperatorId.parse(`00000000-0000-4000-8000-00000000000${n}`)) as [
  OperatorId,
  OperatorId,
];

it('a voicemail goes to whoever on shift has the fewest unheard ones', () => {
  expect(voicemailTurn(new Set([vera, walid]), new Map([[vera, 2]]))).toBe(walid);
  expect(voicemailTurn(new Set([walid, vera]), new Map())).toBe(vera);
  expect(voicemailTurn(new Set([vera]), new Map([[vera, 9]]))).toBe(vera);
});

it('a voicemail is everybody’s when nobody is on shift or there is no rota', () => {
  expect(voicemailTurn(new Set(), new Map())).toBeNull();
  expect(voicemailTurn('everyone', new Map([[vera, 1]]))).toBeNull();
});
