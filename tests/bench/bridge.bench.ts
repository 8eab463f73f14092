import { setTimeout as wait } from 'node:timers/promises';
import { BridgeLoad, type LegKind } from './bridge-load.ts';

export const name = 'bridge';

export interface BenchOptions {
  readonly calls?: readonly number[];
  readonly seconds?: number;
}

export interface Figure {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly params?: Readonly<Record<string, string | number>>;
}

const SETTLE_MS = 3_000;

/** CPU (one core = 100 %) and memory of the gateway per call, and whether all sound arrived, at growing numbers of calls. */
async function measure(leg: LegKind, counts: readonly number[], seconds: number, volunteers = 1): Promise<Figure[]> {
  const figures: Figure[] = [];
  const load = await BridgeLoad.start(leg, 'opus', {}, volunteers);
  try {
    for (const calls of counts) {
      await load.grow(calls);
      await wait(SETTLE_MS);
      const params = { calls, leg, codec: 'opus', people: volunteers + 1 };
      const before = load.calls.map((call) => ({ ...call }));
      const cpu = load.cpuSeconds();
      const start = performance.now();
      await wait(seconds * 1000);
      const elapsed = (performance.now() - start) / 1000;
      const used = load.cpuSeconds() - cpu;
      const rate = (heard: 'heardByPhone' | 'heardByVolunteer'): number =>
        load.calls.reduce((sum, call, i) => sum + call[heard] - before[i]![heard], 0) / elapsed / calls;
      figures.push(
        { metric: 'cpu_core_percent_per_call', unit: '%', value: (used / elapsed / calls) * 100, params },
        { metric: 'memory_mb_per_call', unit: 'MB', value: load.callsMb() / calls, params },
        { metric: 'frames_per_second_to_phone', unit: '1/s', value: rate('heardByPhone'), params },
        { metric: 'frames_per_second_to_volunteer', unit: '1/s', value: rate('heardByVolunteer'), params },
      );
    }
  } finally {
    await load.stop();
  }
  return figures;
}

const find = (figures: readonly Figure[], metric: string): number =>
  figures.find((figure) => figure.metric === metric)?.value ?? Number.NaN;

export async function run({ calls = [10, 40, 100], seconds = 15 }: BenchOptions): Promise<{ figures: Figure[] }> {
  const light = await measure('light', calls, seconds);
  // One core carries about twenty calls of this leg: more would measure the queue, not the leg.
  const few = Math.min(10, ...calls);
  // Three people, the two volunteers speaking all the time: the phone's mixer never stops.
  const three = await measure('light', [few], seconds, 2);
  const rtcNode = await measure('rtc-node', [few], seconds);
  const ratio =
    find(rtcNode, 'cpu_core_percent_per_call') /
    find(
      light.filter(({ params }) => params?.['calls'] === few),
      'cpu_core_percent_per_call',
    );
  const params = { calls: few };
  return {
    figures: [...light, ...three, ...rtcNode, { metric: 'cpu_rtc_node_over_light', unit: '×', value: ratio, params }],
  };
}
