import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'ringdown_gateway_' });

export const refusedStreams = new Counter({
  name: 'ringdown_gateway_streams_refused_total',
  help: 'Media streams closed before they carried sound, by reason.',
  labelNames: ['reason'] as const,
  registers: [registry],
});
export const refusedMessages = new Counter({
  name: 'ringdown_gateway_messages_refused_total',
  help: 'Messages of carriers and the api that changed nothing, by source and reason.',
  labelNames: ['source', 'reason'] as const,
  registers: [registry],
});
export const callsHeld = new Gauge({ name: 'ringdown_gateway_calls', help: 'Calls held.', registers: [registry] });
export const reportsWaiting = new Gauge({
  name: 'ringdown_gateway_reports_waiting',
  help: 'Reports the api has not stored yet.',
  registers: [registry],
});
export const mixersRunning = new Gauge({
  name: 'ringdown_gateway_mixers',
  help: 'Listeners for whom several voices are mixed at this moment; all others are passed through.',
  registers: [registry],
});
