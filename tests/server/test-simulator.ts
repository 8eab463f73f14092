import { startSimulator, type Simulator } from '@ringdown/simulator/server';
import { ACCOUNT_SID, AUTH_TOKEN } from './api-under-test.ts';

/** The real simulator in the carrier's place, with the account that `ApiUnderTest` knows: a free port, nothing kept. */
export const startTestSimulator = (): Promise<Simulator> =>
  startSimulator({
    port: 0,
    host: '127.0.0.1',
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    dataDirectory: undefined,
    publicUrl: undefined,
    pageDirectory: undefined,
  });
