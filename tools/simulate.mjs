// npm run simulate -- FILE [--json] [--seed N]: plays an evening of a hotline from a YAML file (docs/simulate.md) with the
// decisions of production under a virtual clock, and says how it went for each caller.
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { importTypeScript } from './bundle.mjs';

const USAGE = `npm run simulate -- FILE [--json] [--seed N]

Plays an evening from a YAML file. docs/simulate.md describes the file; tests/scenarios has examples.
  --json     the result as JSON
  --seed N   another evening by the same file: spans and random callers are drawn anew`;

class Refused extends Error {}

function readArguments(given) {
  const options = { file: undefined, json: false, seed: 1 };
  for (let n = 0; n < given.length; n += 1) {
    const word = given[n];
    if (word === '--json') options.json = true;
    else if (word === '--help' || word === '-h') return null;
    else if (word === '--seed') {
      n += 1;
      options.seed = Number(given[n]);
      if (!Number.isInteger(options.seed)) throw new Refused('--seed needs a whole number.');
    } else if (word.startsWith('-')) throw new Refused(`There is no option ${word}.\n\n${USAGE}`);
    else if (options.file === undefined) options.file = word;
    else throw new Refused('Give one file at a time.');
  }
  return options.file === undefined ? null : options;
}

/** The document, and where in the file each of its parts stands. */
export function parseYaml(text, file) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new Refused(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  const lineOf = (place) => {
    // What is missing has no place: then the part that lacks it.
    for (let length = place.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(place.slice(0, length), true);
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  return { value: document.toJS(), lineOf };
}

const WORDS = {
  arrives: 'calls',
  closed: 'the hotline is closed',
  'queue-full': 'the queue is full',
  rings: 'rings at',
  answers: 'is answered by',
  talks: 'talks with',
  declines: 'is declined by',
  misses: 'is missed by',
  withdrawn: 'rings no longer at',
  nobody: 'nobody is there to take it',
  voicemail: 'is asked for a message',
  message: 'hears the closing words',
  'moves-on': 'goes on to',
  'passed-by': 'is not taken by',
  'link-lost': 'lost their connection:',
  'link-back': 'is connected again:',
  'back-in-queue': 'goes back to the head of the queue, from',
  'call-back-asked': 'is asked whether to be called back',
  'call-back-promised': 'is promised a call-back',
  'keeps-place': 'is off the line and keeps the place',
  'called-back': 'is called back for',
  'number-rings': 'rings at the outside number',
  'talks-outside': 'talks with the outside number',
  'gateway-lost': 'A gateway is lost',
  'gateway-back': 'A gateway is back',
  state: 'is now',
  'shift-begins': 'begins a shift',
  hotline: 'The hotline is set to',
  ends: 'ends:',
};

const plain = (word) => word.replaceAll('-', ' ');
const clock = (ms) => {
  const seconds = Math.round(ms / 1000);
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

function sentenceOf(line, { names, hotlines, numbers }) {
  const hotline = hotlines.get(line.hotlineId) ?? '';
  const number = numbers.get(line.numberId) ?? '';
  const who = line.operatorId ? (names.get(line.operatorId) ?? '?') : '';
  const detail = line.detail ? plain(line.detail) : '';
  switch (line.event) {
    case 'state':
      return `${who} is now ${detail}`;
    case 'shift-begins':
      return `${who} begins a shift`;
    case 'link-lost':
    case 'link-back':
      return `${who} ${line.event === 'link-lost' ? 'loses the connection' : 'is connected again'}`;
    case 'hotline':
      return `${WORDS.hotline} ${detail}${hotline && `: ${hotline}`}`;
    case 'moves-on':
    case 'passed-by':
      return [line.call, WORDS[line.event], hotline, detail && `(${detail})`].filter(Boolean).join(' ');
    case 'gateway-lost':
    case 'gateway-back':
      return WORDS[line.event];
    case 'number-rings':
    case 'talks-outside':
      return `${line.call} ${WORDS[line.event]} ${number}`;
    case 'picks-up':
      return `${number || line.call} picks up`;
    case 'not-reached':
      return `${number || line.call} is not reached (${detail})`;
    case 'ends':
      return `${line.call} ${WORDS.ends} ${detail}`;
    case 'rings':
      return `${line.call} rings at ${who} (${detail})`;
    default:
      return [line.call, WORDS[line.event], who, detail && `(${detail})`].filter(Boolean).join(' ');
  }
}

function asText(given) {
  const { result, timeZone } = given;
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    timeStyle: undefined,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const out = result.timeline.map((line) => `${time.format(line.at)}  ${sentenceOf(line, given)}`);
  out.push('', 'How it ended');
  for (const caller of result.callers) {
    const reason = plain(caller.termination.reason);
    const waited = `waited ${clock(caller.waitedMs)}, rang ${caller.rings} times`;
    out.push(`  ${caller.call}: ${reason}${answerOf(caller, given)}, ${waited}`);
  }
  const { totals } = result;
  out.push('', 'In all');
  out.push(
    `  ${totals.calls} calls: ${totals.answered} answered, ${totals.voicemails} left a message, ${totals.messages} heard the closing words, ${totals.hungUpWaiting} hung up while waiting`,
  );
  out.push(
    `  ${totals.rings} rings, ${totals.misses} missed; longest wait ${clock(totals.longestWaitMs)}${totals.averageAnswerMs === null ? '' : `, answered after ${clock(totals.averageAnswerMs)} on average`}`,
  );
  if (totals.answeredOutside > 0) out.push(`  ${totals.answeredOutside} taken by outside numbers`);
  if (totals.callBacks.promised > 0) out.push(`  ${callBacksOf(totals.callBacks)}`);
  return out.join('\n');
}

function answerOf({ answeredBy, answeredOutside, callBack }, { names, numbers }) {
  if (answeredOutside) return `, taken by ${numbers.get(answeredOutside)}`;
  if (callBack?.reached) return `, called back by ${names.get(answeredBy)} at try ${callBack.tries}`;
  if (callBack?.tries > 0) return `, called back ${callBack.tries} times without success`;
  return answeredBy ? `, answered by ${names.get(answeredBy)}` : '';
}

const callBacksOf = ({ promised, reached, unanswered, expired, longestWaitMs }) =>
  [
    `${promised} call-backs promised: ${reached} reached, ${unanswered} not reached at any try, ${expired} expired`,
    longestWaitMs === null ? [] : `the last one reached after ${clock(longestWaitMs)}`,
  ]
    .flat()
    .join('; ');

/** JSON with names in place of ids, and times people can read. */
function asJson({ result, names, hotlines, numbers, timeZone, seed }) {
  const name = (id) => (id ? (names.get(id) ?? null) : null);
  return JSON.stringify(
    {
      seed,
      timeZone,
      timeline: result.timeline.map(({ at, operatorId, hotlineId, numberId, ...line }) => ({
        at: new Date(at).toISOString(),
        ...line,
        ...(hotlineId ? { hotline: hotlines.get(hotlineId) ?? null } : {}),
        ...(numberId ? { number: numbers.get(numberId) ?? null } : {}),
        person: name(operatorId),
      })),
      callers: result.callers.map(
        ({ arrivedAt, endedAt, answeredBy, answeredOutside, callBack, hotlineId, ...caller }) => ({
          ...caller,
          hotline: hotlines.get(hotlineId) ?? null,
          arrivedAt: new Date(arrivedAt).toISOString(),
          endedAt: new Date(endedAt).toISOString(),
          answeredBy: name(answeredBy),
          answeredOutside: answeredOutside && (numbers.get(answeredOutside) ?? null),
          callBack: callBack && { ...callBack, promisedAt: new Date(callBack.promisedAt).toISOString() },
        }),
      ),
      totals: result.totals,
    },
    null,
    2,
  );
}

const loadEngine = async () => {
  const load = (name) => importTypeScript(`libs/call-flow/src/${name}.ts`, 'libs/call-flow/tsconfig.json');
  const [{ readSimulation }, { simulate }] = await Promise.all([load('simulation-file'), load('simulation')]);
  return { readSimulation, simulate };
};

/** Throws `Refused` with the file's name and line when the file isn't right. */
export async function simulateFile(file, { seed = 1, json = false, engine } = {}) {
  const { readSimulation, simulate } = engine ?? (await loadEngine());
  const { value, lineOf } = parseYaml(readFileSync(file, 'utf8'), file);
  const reading = readSimulation(value, seed);
  if (!reading.ok) {
    const lines = reading.problems.map(
      (each) =>
        `${file}:${lineOf(each.path)}: ${each.path.join('.')}${each.path.length > 0 ? ': ' : ''}${each.message}`,
    );
    throw new Refused([...new Set(lines)].join('\n'));
  }
  const result = simulate(reading.simulation);
  const given = {
    result,
    names: reading.names,
    hotlines: reading.hotlines,
    numbers: reading.numbers,
    timeZone: reading.simulation.hotline.timeZone,
    seed,
  };
  return json ? asJson(given) : asText(given);
}

if (process.argv[1] === import.meta.filename) {
  try {
    const options = readArguments(process.argv.slice(2));
    if (options) console.log(await simulateFile(options.file, options));
    else {
      console.log(USAGE);
      process.exitCode = 2;
    }
  } catch (error) {
    if (!(error instanceof Refused) && error?.code !== 'ENOENT' && error?.code !== 'EISDIR') throw error;
    console.error(error instanceof Refused ? error.message : 'There is no such file.');
    process.exitCode = 2;
  }
}
