import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

describe('the command line', () => {
  it.each([
    [[], { kind: 'start', port: 3000, dataFolder: '/clone/.ringdown' }],
    [['--port', '4000', '--data', '/srv/ringdown'], { kind: 'start', port: 4000, dataFolder: '/srv/ringdown' }],
    [['--port=4000'], { kind: 'start', port: 4000, dataFolder: '/clone/.ringdown' }],
    [['--help'], { kind: 'help' }],
    [['find-livekit'], { kind: 'find-livekit' }],
    [['migrate'], { kind: 'migrate' }],
  ])('reads %j', (args, expected) => {
    expect(parseCommandLine(args, '/clone')).toEqual(expected);
  });

  it.each([
    [['--prot', '1'], 'There is no option --prot.'],
    [['--port'], '--port needs a value.'],
    [['--port', '70000'], 'from 1 to 65535'],
    [['--port', '30x'], 'from 1 to 65535'],
    [['--data='], '--data needs a value.'],
  ])('refuses %j', (args, problem) => {
    expect(parseCommandLine(args, '/clone')).toMatchObject({
      kind: 'wrong',
      problem: expect.stringContaining(problem),
    });
  });
});
