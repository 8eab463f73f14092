import type { GatewayDirective, GatewayReport, PromptRef } from '@ringdown/protocol/gateway';
import { LanguageTag } from '@ringdown/protocol/ids';
import { until } from '@ringdown/room-leg/room-leg.contract';
import { startLiveKitServer, type TestLiveKitServer } from '@ringdown/testing/livekit-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestCall } from './test-call.fixture.ts';
import type { Phone } from './gateway.fixture.ts';

const language = LanguageTag.parse('en');
const builtIn = (id: Extract<PromptRef, { kind: 'built-in' }>['id']): PromptRef => ({ kind: 'built-in', id, language });
const QUEUE: GatewayDirective['callerHears'] = {
  kind: 'queue',
  language,
  opening: [],
  position: 1,
  announceEveryMs: 45_000,
};
const open = { open: true, refusals: 0, refused: [] };
const CODE = '04821135792';

describe('a volunteer’s code, entered on the caller’s phone', () => {
  let server: TestLiveKitServer;
  let call: TestCall;
  let phone: Phone;

  beforeAll(async () => {
    server = await startLiveKitServer();
  });
  afterAll(() => server.stop());
  afterEach(() => call.stop());

  const begin = async (): Promise<void> => {
    call = await TestCall.start(server, QUEUE);
    call.change({ codeEntry: open });
    phone = await call.caller(500);
    await until(() => told('stream-started').length === 1);
  };
  const told = <T extends GatewayReport['type']>(type: T) =>
    call.api.reports.filter((report): report is Extract<GatewayReport, { type: T }> => report.type === type);
  const press = (keys: string): void => {
    for (const key of keys) phone.press(key);
  };

  test('is told once, in one piece; of its keys only the star is told by itself', async () => {
    await begin();
    press(`*${CODE}#`);
    await until(() => told('keys-entered').length === 1);
    expect(told('keys-entered')[0]).toMatchObject({ what: 'code', keys: CODE });
    expect(told('digit-received').map(({ digit }) => digit)).toEqual(['*']);
  });

  test('is refused in words, then the phone hears music again; a third refusal is the last', async () => {
    await begin();
    press('*04821000000#');
    await until(() => told('keys-entered').length === 1);
    const heard = phone.heard.length;
    call.change({ codeEntry: { open: true, refusals: 1, refused: [builtIn('staff-code-wrong')] } });
    await until(() => phone.heard.length > heard + 50);
    press('*04821000001#');
    await until(() => told('keys-entered').length === 2);
    call.change({ codeEntry: { open: false, refusals: 2, refused: [builtIn('staff-code-wrong')] } });
    await until(() => phone.heard.length > heard + 200);
    press('*0#');
    await until(() => told('digit-received').length === 5);
    expect(told('digit-received').map(({ digit }) => digit)).toEqual(['*', '*', '*', '0', '#']);
    expect(told('keys-entered')).toHaveLength(2);
  });

  test('opens a menu of one key, then a number in one piece, however fast all of it is dialled', async () => {
    await begin();
    press(`*${CODE}#30170555123#`);
    await until(() => told('keys-entered').length === 1);
    call.change({
      codeEntry: undefined,
      callerHears: { kind: 'menu', prompts: [builtIn('dial-in-menu')], repeatAfterMs: 4_000, keys: 'one' },
    });
    await until(() => told('digit-received').length === 2);
    call.change({
      callerHears: { kind: 'menu', prompts: [builtIn('dial-in-number')], repeatAfterMs: 12_000, keys: 'entry' },
    });
    await until(() => told('keys-entered').length === 2);
    expect(told('keys-entered')[1]).toMatchObject({ what: 'number', keys: '0170555123' });
    expect(told('digit-received').map(({ digit }) => digit)).toEqual(['*', '3']);
  });

  test('while it is entered, the message for callers of a closed hotline waits with its end', async () => {
    call = await TestCall.start(server, { kind: 'farewell', prompts: [builtIn('staff-code-wrong')] });
    call.change({ codeEntry: open });
    phone = await call.caller(500);
    await until(() => told('stream-started').length === 1);
    press('*048');
    const heard = phone.heard.length;
    await until(() => phone.heard.length > heard + 150);
    expect(told('prompts-finished')).toEqual([]);
    press('#');
    await until(() => told('keys-entered').length === 1);
    call.change({ codeEntry: { open: true, refusals: 1, refused: [builtIn('staff-code-wrong')] } });
    await until(() => told('prompts-finished').length === 1);
  });
});
