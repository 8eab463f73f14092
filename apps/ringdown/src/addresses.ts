import { z } from 'zod';

const SetupState = z.object({ state: z.string() });

/** Where a person starts: the set-up, until there is an owner. */
export async function findConsoleAddress(options: {
  readonly port: number;
  readonly publicUrl: string;
  readonly setupCode: string;
}): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${options.port}/api/setup`);
  const { state } = answer.ok ? SetupState.parse(await answer.json()) : { state: undefined };
  // After the `#`, so that the code is in no request and in no server's log.
  return new URL(state === 'no-owner' ? `/#setup=${options.setupCode}` : '/', options.publicUrl).href;
}

export function addressTable(addresses: {
  readonly console: string;
  readonly simulator: string;
  readonly publicUrl: string;
  readonly folder: string;
  readonly log: string;
}): string {
  const rows: [string, string][] = [
    ['Console', addresses.console],
    ['Simulated phones', addresses.simulator],
    ['Health', new URL('/health/ready', addresses.publicUrl).href],
    ['API documentation', new URL('/api', addresses.publicUrl).href],
    ['Data', addresses.folder],
    ['Log', addresses.log],
  ];
  return ['', ...rows.map(([name, value]) => `  ${name.padEnd(19)}${value}`), ''].join('\n');
}
