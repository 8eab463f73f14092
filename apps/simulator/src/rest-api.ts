import { timingSafeEqual } from 'node:crypto';
import type { SimulatedCall } from './call.ts';
import { pause } from './clock.ts';
import type { Exchange } from './exchange.ts';
import type { OwnedNumber } from './number-book.ts';
import { accountResource, callResource, numberResource, offeredNumber, recordingResource } from './rest-resources.ts';
import type { Recording } from './recordings.ts';
import { API_VERSION } from './voice-fields.ts';
import { fail, json, nothing, page, RestError, type RestAnswer, type RestRequest } from './rest-answer.ts';
import { areaCodeOf, documentOf, methodOf, settingsOf, targetOf } from './rest-form.ts';

const callEvents = ['initiated', 'ringing', 'answered', 'completed'] as const;

type Handler = (request: RestRequest, parts: readonly string[]) => RestAnswer;

/** Twilio's REST as far as a hotline needs it: account, calls, numbers, recordings. */
export class RestApi {
  readonly #exchange: Exchange;
  readonly #routes: readonly (readonly [method: string, path: RegExp, handler: Handler])[];

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#routes = [
      ['GET', /^$/, () => json(200, accountResource(this.#accountSid))],
      ['GET', /^\/Calls$/, (request) => this.#listCalls(request)],
      ['POST', /^\/Calls$/, (request) => this.#createCall(request)],
      ['GET', /^\/Calls\/(\w+)$/, (_, [sid]) => this.#showCall(this.#call(sid))],
      ['POST', /^\/Calls\/(\w+)$/, (request, [sid]) => this.#updateCall(request, this.#call(sid))],
      ['GET', /^\/(?:Calls\/(\w+)\/)?Recordings$/, (request, [sid]) => this.#listRecordings(request, sid)],
      ['GET', /^\/Recordings\/(\w+)$/, (request, [sid]) => this.#showRecording(request, this.#recording(sid))],
      ['DELETE', /^\/Recordings\/(\w+)$/, (_, [sid]) => this.#removeRecording(this.#recording(sid))],
      ['GET', /^\/IncomingPhoneNumbers$/, (request) => this.#listNumbers(request)],
      ['POST', /^\/IncomingPhoneNumbers$/, (request) => this.#createNumber(request)],
      ['GET', /^\/IncomingPhoneNumbers\/(\w+)$/, (_, [sid]) => this.#showNumber(this.#number(sid))],
      ['POST', /^\/IncomingPhoneNumbers\/(\w+)$/, (request, [sid]) => this.#updateNumber(request, this.#number(sid))],
      ['DELETE', /^\/IncomingPhoneNumbers\/(\w+)$/, (_, [sid]) => this.#removeNumber(this.#number(sid))],
      ['GET', /^\/AvailablePhoneNumbers\/US\/(?:Local|TollFree)$/, (request) => this.#offerNumbers(request)],
    ];
  }

  get #accountSid(): string {
    return this.#exchange.options.accountSid;
  }

  async answer(request: RestRequest): Promise<RestAnswer> {
    const { clock } = this.#exchange.options;
    const { slowApiMs } = this.#exchange.faults;
    if (slowApiMs > 0) await pause(clock, slowApiMs);
    let answer: RestAnswer;
    try {
      answer = this.#route(request);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const { status, code, message } = error;
      answer = json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
    }
    const text = `${request.method} ${request.path.replace(`/${API_VERSION}/Accounts/${this.#accountSid}`, '')}`;
    this.#exchange.note(null, { kind: 'rest', text, status: answer.status, detail: detailOf(request) });
    return answer;
  }

  #route(request: RestRequest): RestAnswer {
    if (!this.#isAuthentic(request.authorization)) throw new RestError(401, 20003, 'Authenticate');
    const prefix = `/${API_VERSION}/Accounts/${this.#accountSid}`;
    const notFound = new RestError(404, 20404, `The requested resource ${request.path} was not found`);
    if (!request.path.startsWith(prefix)) throw notFound;
    const path = request.path
      .slice(prefix.length)
      .replace(/\.json$/, '')
      .replace(/\.(?:wav|mp3)$/, '');
    const matching = this.#routes.filter(([, pattern]) => pattern.test(path));
    if (matching.length === 0) throw notFound;
    const route = matching.find(([method]) => method === request.method);
    if (!route) throw new RestError(405, 20004, 'Method not allowed');
    return route[2](request, route[1].exec(path)?.slice(1) ?? []);
  }

  #isAuthentic(authorization = ''): boolean {
    const expected = Buffer.from(`${this.#accountSid}:${this.#exchange.options.authToken}`);
    const given = Buffer.from(authorization.replace(/^Basic /i, ''), 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #call(sid = ''): SimulatedCall {
    return this.#exchange.find(sid) ?? fail(404, 20404, 'The requested call was not found');
  }

  #number(sid = ''): OwnedNumber {
    return this.#exchange.options.numbers.find(sid) ?? fail(404, 20404, 'The requested number was not found');
  }

  #recording(sid = ''): Recording {
    return this.#exchange.recordings.find(sid) ?? fail(404, 20404, 'The requested recording was not found');
  }

  #listCalls(request: RestRequest): RestAnswer {
    const wanted = (name: string, value: string): boolean => (request.query.get(name) ?? value) === value;
    const calls = this.#exchange
      .list()
      .filter((call) => wanted('Status', call.status) && wanted('From', call.from) && wanted('To', call.to));
    return page(
      request,
      'calls',
      calls.map((call) => callResource(call, this.#accountSid)),
    );
  }

  #createCall({ form }: RestRequest): RestAnswer {
    const to = form.get('To') ?? fail(400, 21201, "No 'To' number is specified");
    const from = form.get('From') ?? fail(400, 21213, "No 'From' number is specified");
    // Twilio's own number for this error.
    if (!/^\+[1-9]\d{5,14}$/.test(to) || to === '+15005550001') fail(400, 21211, "Invalid 'To' Phone Number");
    if (!this.#exchange.options.numbers.find(from)) fail(400, 21210, "'From' phone number not verified");
    const url = form.get('StatusCallback');
    const events = form.getAll('StatusCallbackEvent');
    const call = this.#exchange.dialOut({
      to,
      from,
      document: documentOf(form) ?? fail(400, 21205, 'Url parameter is required'),
      timeoutS: Number(form.get('Timeout') ?? 60),
      fallback: targetOf(form, 'FallbackUrl', 'FallbackMethod'),
      statusCallback:
        url === null
          ? undefined
          : {
              url,
              method: methodOf(form.get('StatusCallbackMethod')),
              events: events.length === 0 ? ['completed'] : callEvents.filter((event) => events.includes(event)),
            },
    });
    return json(201, callResource(call, this.#accountSid));
  }

  #showCall(call: SimulatedCall): RestAnswer {
    return json(200, callResource(call, this.#accountSid));
  }

  #updateCall({ form }: RestRequest, call: SimulatedCall): RestAnswer {
    const status = form.get('Status');
    const document = documentOf(form);
    if (call.isOver) fail(400, 21220, 'Call is not in-progress. Cannot redirect.');
    if (status === 'completed') this.#exchange.end(call, call.answeredAt === null ? 'canceled' : 'completed');
    else if (status === 'canceled') {
      if (call.answeredAt !== null) fail(400, 21220, 'Call is in-progress. Cannot cancel.');
      this.#exchange.end(call, 'canceled');
    } else if (status !== null) fail(400, 20001, 'Invalid Status');
    else if (document) this.#exchange.redirect(call, document);
    return json(200, callResource(call, this.#accountSid));
  }

  #listRecordings(request: RestRequest, callSid: string | undefined): RestAnswer {
    const { recordings, options } = this.#exchange;
    const resources = recordings
      .list(callSid)
      .map((each) => recordingResource(each, this.#accountSid, options.publicUrl));
    return page(request, 'recordings', resources);
  }

  #showRecording({ path }: RestRequest, recording: Recording): RestAnswer {
    if (path.endsWith('.json')) {
      return json(200, recordingResource(recording, this.#accountSid, this.#exchange.options.publicUrl));
    }
    if (recording.status !== 'completed' || path.endsWith('.mp3')) {
      fail(404, 20404, 'The requested recording is not there');
    }
    return { status: 200, contentType: 'audio/x-wav', body: recording.wav };
  }

  #removeRecording(recording: Recording): RestAnswer {
    this.#exchange.recordings.remove(recording);
    return nothing;
  }

  #listNumbers(request: RestRequest): RestAnswer {
    const wanted = request.query.get('PhoneNumber');
    const numbers = this.#exchange.options.numbers
      .list()
      .filter((each) => wanted === null || each.phoneNumber === wanted);
    return page(
      request,
      'incoming_phone_numbers',
      numbers.map((each) => numberResource(each, this.#accountSid)),
    );
  }

  #offerNumbers({ query }: RestRequest): RestAnswer {
    const areaCode = areaCodeOf(query.get('AreaCode'));
    const count = Math.min(50, Math.max(1, Number(query.get('PageSize') ?? 20) || 20));
    const free = this.#exchange.options.numbers.listFree(areaCode, count);
    const uri = `/${API_VERSION}/Accounts/${this.#accountSid}/AvailablePhoneNumbers/US/Local.json`;
    return json(200, { available_phone_numbers: free.map(offeredNumber), uri });
  }

  #createNumber({ form }: RestRequest): RestAnswer {
    const { numbers } = this.#exchange.options;
    const phoneNumber =
      form.get('PhoneNumber') ??
      numbers.listFree(areaCodeOf(form.get('AreaCode')), 1)[0] ??
      fail(400, 21452, 'No numbers found in this area');
    if (!/^\+[1-9]\d{5,14}$/.test(phoneNumber)) fail(400, 21421, 'The number is invalid');
    const number = numbers.create(phoneNumber, settingsOf(form)) ?? fail(400, 21422, 'The number is not available');
    return json(201, numberResource(number, this.#accountSid));
  }

  #showNumber(number: OwnedNumber): RestAnswer {
    return json(200, numberResource(number, this.#accountSid));
  }

  #updateNumber({ form }: RestRequest, number: OwnedNumber): RestAnswer {
    this.#exchange.options.numbers.update(number, settingsOf(form));
    return json(200, numberResource(number, this.#accountSid));
  }

  #removeNumber(number: OwnedNumber): RestAnswer {
    this.#exchange.options.numbers.remove(number);
    return nothing;
  }
}

function detailOf({ form, query }: RestRequest): string {
  return [...query, ...form].map(([name, value]) => `${name} = ${value}`).join('\n');
}
