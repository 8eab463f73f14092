import { freePort, isPortFree } from '@ringdown/local-servers/free-port';
import { z } from 'zod';
import { readJson, writeJson } from './data-folder.ts';

export const portNames = [
  'postgres',
  'liveKit',
  'liveKitTcp',
  'liveKitUdp',
  'gateway',
  'simulator',
  'workerHealth',
] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Record<PortName, number>;

const KeptPorts = z.partialRecord(z.enum(portNames), z.int().min(1).max(65535));

/**
 * The ports behind the console's: the ones of the last start where they are still free, so that a carrier's or a
 * simulated phone's address survives a restart, else free ones. Never two the same.
 */
export async function choosePorts(
  kept: Partial<Ports>,
  taken: number,
  check: { isFree: (port: number) => Promise<boolean>; findFree: () => Promise<number> },
): Promise<Ports> {
  const used = new Set([taken]);
  const choose = async (name: PortName): Promise<number> => {
    const before = kept[name];
    if (before !== undefined && !used.has(before) && (await check.isFree(before))) return before;
    for (;;) {
      const port = await check.findFree();
      if (!used.has(port)) return port;
    }
  };
  const ports: Partial<Ports> = {};
  for (const name of portNames) {
    const port = await choose(name);
    used.add(port);
    ports[name] = port;
  }
  return ports as Ports;
}

export async function openPorts(file: string, consolePort: number): Promise<Ports> {
  const kept = KeptPorts.safeParse((await readJson(file)) ?? {});
  const known: Partial<Ports> = kept.success ? kept.data : {};
  const ports = await choosePorts(known, consolePort, { isFree: isPortFree, findFree: freePort });
  await writeJson(file, ports);
  return ports;
}
