import path from 'node:path';

export type Command =
  | { readonly kind: 'start'; readonly port: number; readonly dataFolder: string }
  | { readonly kind: 'find-livekit' }
  | { readonly kind: 'migrate' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string };

export const usage = `npm start -- [--port P] [--data DIR]

  --port P     where the console is served (default 3000)
  --data DIR   where everything is kept (default .ringdown); two copies need two folders and two ports

DATABASE_URL, REDIS_URL and LIVEKIT_URL switch to servers of your own; PUBLIC_URL is the address that carriers
and browsers use when it isn't http://127.0.0.1:P.`;

export function parseCommandLine(args: readonly string[], workspace: string): Command {
  if (args[0] === 'find-livekit' || args[0] === 'migrate') return { kind: args[0] };
  let port = 3000;
  let dataFolder = path.join(workspace, '.ringdown');
  for (let index = 0; index < args.length; index++) {
    const [name = '', inline] = (args[index] ?? '').split(/=(.*)/s);
    if (name === '--help' || name === '-h') return { kind: 'help' };
    if (name !== '--port' && name !== '--data') return { kind: 'wrong', problem: `There is no option ${name}.` };
    const value = inline ?? args[++index];
    if (value === undefined || value === '') return { kind: 'wrong', problem: `${name} needs a value.` };
    if (name === '--data') {
      dataFolder = path.resolve(value);
      continue;
    }
    port = Number(value);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      return { kind: 'wrong', problem: `--port needs a number from 1 to 65535.` };
    }
  }
  return { kind: 'start', port, dataFolder };
}
