import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSimulation } from '../libs/call-flow/src/simulation-file.ts';
import { simulate } from '../libs/call-flow/src/simulation.ts';
import { simulateFile } from './simulate.mjs';

const engine = { readSimulation, simulate };

const EVENING = `start: 2026-11-23 18:00
hotline:
  settings: { callBack: true, nobodyWaitS: 60, wrapUpS: 0 }
  plans: { unanswered: [{ number: Duty phone }, message] }
numbers:
  - { name: Duty phone, answers: [mailbox, 5s], talks: 2m }
people:
  - { name: Noor, answers: 4s }
calls:
  - { name: Ann, at: '18:00:00', talks: 2m }
  - { name: Bea, at: '18:00:10', call-back: { waiting: 20s, answers: [busy, 5s] }, talks: 1m }
  - { name: Cem, at: '19:00:00' }
  - { name: Dan, at: '19:10:00' }
events:
  - { at: '18:30', person: Noor, becomes: offline }
`;

describe('npm run simulate', () => {
  let folder;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'simulate-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const play = async (text, options = {}) => {
    const file = path.join(folder, 'evening.yaml');
    writeFileSync(file, text);
    return simulateFile(file, { engine, ...options });
  };

  it('says of call-backs and outside numbers what happened, when, and how it ended', async () => {
    const lines = (await play(EVENING)).split('\n').map((line) => line.trim());
    const told = lines.filter((line) => /Bea|Duty|promised|taken/.test(line));
    expect(told).toEqual([
      'Mon 18:00:10  Bea calls',
      'Mon 18:00:30  Bea is promised a call-back',
      'Mon 18:00:38  Bea is off the line and keeps the place',
      'Mon 18:02:04  Bea rings at Noor (longest idle)',
      'Mon 18:02:08  Bea is called back for Noor (try 1)',
      'Mon 18:02:09  Bea is not reached (busy)',
      'Mon 18:05:09  Bea rings at Noor (longest idle)',
      'Mon 18:05:13  Bea is called back for Noor (try 2)',
      'Mon 18:05:18  Bea picks up',
      'Mon 18:05:21  Bea talks with Noor',
      'Mon 18:06:21  Bea ends: caller hung up',
      'Mon 19:01:00  Cem rings at the outside number Duty phone',
      'Mon 19:01:15  Duty phone picks up',
      'Mon 19:01:30  Duty phone is not reached (nobody pressed 1)',
      'Mon 19:11:00  Dan rings at the outside number Duty phone',
      'Mon 19:11:05  Duty phone picks up',
      'Mon 19:11:13  Dan talks with the outside number Duty phone',
      'Bea: caller hung up, called back by Noor at try 2, waited 5 min 12 s, rang 2 times',
      'Dan: outside hung up, taken by Duty phone, waited 1 min 13 s, rang 0 times',
      '1 taken by outside numbers',
      '1 call-backs promised: 1 reached, 0 not reached at any try, 0 expired; the last one reached after 5 min 12 s',
    ]);
  });

  it('gives the same as JSON, with names', async () => {
    const { timeline, callers, totals } = JSON.parse(await play(EVENING, { json: true }));
    expect(timeline.find(({ event }) => event === 'number-rings')).toMatchObject({ call: 'Cem', number: 'Duty phone' });
    expect(callers.find(({ call }) => call === 'Bea')).toMatchObject({
      answeredBy: 'Noor',
      answeredOutside: null,
      callBack: { promisedAt: '2026-11-23T18:00:30.200Z', tries: 2, reached: true },
    });
    expect(callers.find(({ call }) => call === 'Dan')).toMatchObject({
      answeredBy: null,
      answeredOutside: 'Duty phone',
      callBack: null,
    });
    expect(totals).toMatchObject({ answered: 2, answeredOutside: 1, callBacks: { promised: 1, reached: 1 } });
  });

  it('plays the file that the documentation shows', async () => {
    const page = readFileSync(path.join(import.meta.dirname, '../docs/simulate.md'), 'utf8');
    const [, documented = ''] = page.split('```yaml\n');
    expect(await play(documented.split('```')[0])).toMatch(/62 calls: \d+ answered/);
  });

  it('names the line of a mistake in how a phone answers', async () => {
    await expect(play(EVENING.replace('[busy, 5s]', '[busy, maybe]'))).rejects.toThrow(
      /evening\.yaml:11: calls\.1\.call-back\.answers\.1: Write never, busy, mailbox/,
    );
    await expect(play(EVENING.replace('- { name: Duty phone', '- { name: Other phone'))).rejects.toThrow(
      /evening\.yaml:4: hotline\.plans\.unanswered\.0\.number: There is no number called Duty phone/,
    );
  });
});
