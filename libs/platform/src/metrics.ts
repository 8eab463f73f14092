import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'ringdown_' });

export const refusedWebhooks = new Counter({
  name: 'ringdown_webhooks_refused_total',
  help: 'Webhooks refused, by reason.',
  labelNames: ['reason'] as const,
  registers: [registry],
});
export const refusedMessages = new Counter({
  name: 'ringdown_socket_messages_refused_total',
  help: 'Socket messages refused, by namespace and reason.',
  labelNames: ['namespace', 'reason'] as const,
  registers: [registry],
});
export const refusedRequests = new Counter({
  name: 'ringdown_http_requests_refused_total',
  help: 'HTTP requests refused, by reason.',
  labelNames: ['reason'] as const,
  registers: [registry],
});
export const callEvents = new Counter({
  name: 'ringdown_call_events_total',
  help: 'Events appended to calls, by type.',
  labelNames: ['type'] as const,
  registers: [registry],
});
export const callRepairs = new Counter({
  name: 'ringdown_reconciler_repairs_total',
  help: 'What the reconciler found and mended.',
  labelNames: ['finding'] as const,
  registers: [registry],
});
export const roundsRepeated = new Counter({
  name: 'ringdown_rounds_repeated_total',
  help: 'Shared transactions of rounds that failed, so that each hotline was done by itself: a row was kept, or a fault.',
  labelNames: ['cause'] as const,
  registers: [registry],
});
export const effectFailures = new Counter({
  name: 'ringdown_call_effects_failed_total',
  help: 'Effects that failed once and will be tried again.',
  labelNames: ['kind'] as const,
  registers: [registry],
});
export const callsLeftOutside = new Counter({
  name: 'ringdown_calls_left_outside_total',
  help: 'Calls left with an outside number alone.',
  registers: [registry],
});
export const askedCallBacks = new Counter({
  name: 'ringdown_asked_call_backs_total',
  help: 'Call-backs that volunteers asked supervisors for: asked, and how each ended.',
  labelNames: ['state'] as const,
  registers: [registry],
});
export const callsLive = new Gauge({ name: 'ringdown_calls_live', help: 'Calls not ended.', registers: [registry] });
export const webhookSeconds = new Histogram({
  name: 'ringdown_webhook_answer_seconds',
  help: 'Time to answer a carrier webhook.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  registers: [registry],
});
