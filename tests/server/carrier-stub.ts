import { createServer } from 'node:http';

/** The little of Twilio's REST that a call's life needs: buying a number, ending a call, looking a call up. */
export interface CarrierStub {
  url: string;
  /** CallSids that were hung up, in order. */
  hungUp: string[];
  /** What a look-up of a call answers. */
  status: (callSid: string) => string;
  close: () => Promise<void>;
}

const rfc2822 = (): string => new Date().toUTCString().replace('GMT', '+0000');

export const startCarrierStub = async (): Promise<CarrierStub> => {
  const hungUp: string[] = [];
  let numbers = 0;
  const stub = { hungUp, status: (sid: string) => (hungUp.includes(sid) ? 'completed' : 'in-progress') };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const fields = new URLSearchParams(body);
      const json = (status: number, value: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      const path = (request.url ?? '').split('?')[0] ?? '';
      const account = /Accounts\/(AC[0-9a-f]{32})/.exec(path)?.[1] ?? '';
      const call = /Calls\/(CA[0-9a-f]{32})\.json$/.exec(path)?.[1];
      if (path.includes('AvailablePhoneNumbers')) {
        numbers += 1;
        json(200, {
          available_phone_numbers: [
            { phone_number: `+1555010${1000 + numbers}`, friendly_name: 'x', capabilities: {} },
          ],
        });
      } else if (path.includes('IncomingPhoneNumbers') && request.method === 'POST') {
        numbers += 1;
        const number = fields.get('PhoneNumber') ?? `+1555010${1000 + numbers}`;
        json(201, {
          sid: `PN${'0'.repeat(31)}${numbers % 10}`,
          account_sid: account,
          phone_number: number,
          friendly_name: number,
          capabilities: {},
          date_created: rfc2822(),
          date_updated: rfc2822(),
        });
      } else if (call) {
        if (request.method === 'POST' && fields.get('Status') === 'completed') hungUp.push(call);
        json(200, {
          sid: call,
          account_sid: account,
          status: stub.status(call),
          date_created: rfc2822(),
          date_updated: rfc2822(),
          subresource_uris: {},
        });
      } else json(404, { code: 20404, message: 'not found', status: 404 });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return Object.assign(stub, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
};
