import type { SocketHub } from '@ringdown/platform/socket-hub';
import { OperatorId } from '@ringdown/protocol/ids';
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessRelay, type Relayed } from './process-relay.ts';

const operatorId = OperatorId.parse('00000000-0000-4000-8000-000000000001');
const refresh: Relayed = { kind: 'refresh', operatorId };
const emit = (n: number): Relayed => ({
  kind: 'emit',
  namespace: '/console',
  room: null,
  name: 'changed',
  body: { n },
});

/** Processes on one wire: what one says all others hear. */
const aCluster = () => {
  const wire = new EventEmitter();
  const messages: { name: string; args: unknown[] }[] = [];
  return {
    messages,
    relayed: () => messages.filter(({ name }) => name === 'relay').map(({ args }) => args[0] as Relayed[]),
    start: (takesSockets: boolean) => {
      const own = new EventEmitter();
      const attached: (() => void)[] = [];
      wire.on('said', (from: EventEmitter, name: string, args: unknown[]) => {
        if (from !== own) own.emit(name, ...args);
      });
      const namespace = {
        on: (name: string, listener: (...args: unknown[]) => void) => own.on(name, listener),
        serverSideEmit: (name: string, ...args: unknown[]) => {
          messages.push({ name, args });
          wire.emit('said', own, name, args);
        },
      };
      const hub = {
        io: { of: () => namespace },
        takesSockets,
        whenAttached: (each: () => void) => attached.push(each),
      };
      const heard: Relayed[] = [];
      const relay = new ProcessRelay(hub as unknown as SocketHub, (each) => heard.push(each));
      if (takesSockets) for (const each of attached) each();
      return { relay, heard };
    },
  };
};

describe('what processes tell each other for their sockets', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is gathered into one message, and the same refresh is said once', () => {
    const cluster = aCluster();
    const [one, other] = [cluster.start(true), cluster.start(true)];
    for (const each of [refresh, emit(1), refresh, emit(2)]) one.relay.send(each);
    vi.advanceTimersByTime(50);
    expect(cluster.relayed()).toEqual([[refresh, emit(1), emit(2)]]);
    expect(other.heard).toEqual([refresh, emit(1), emit(2)]);
    expect(one.heard).toEqual([]);
  });

  it('is not said once nobody else has taken sockets for a while, and is as soon as somebody does', () => {
    const cluster = aCluster();
    const api = cluster.start(true);
    api.relay.send(refresh);
    vi.advanceTimersByTime(50);
    expect(cluster.relayed()).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    api.relay.send(refresh);
    vi.advanceTimersByTime(50);
    expect(cluster.relayed()).toHaveLength(1);
    const second = cluster.start(true);
    api.relay.send(refresh);
    vi.advanceTimersByTime(50);
    expect(second.heard).toEqual([refresh]);
  });

  it('goes on from a process without sockets to the one that has them, and ends when that one is gone', () => {
    const cluster = aCluster();
    const api = cluster.start(true);
    const worker = cluster.start(false);
    vi.advanceTimersByTime(60_000);
    worker.relay.send(refresh);
    vi.advanceTimersByTime(50);
    expect(api.heard).toEqual([refresh]);
    api.relay.close();
    vi.advanceTimersByTime(60_000);
    worker.relay.send(refresh);
    vi.advanceTimersByTime(50);
    expect(api.heard).toEqual([refresh]);
  });

  it('is said to the end when a process closes', () => {
    const cluster = aCluster();
    const [one, other] = [cluster.start(true), cluster.start(true)];
    one.relay.send(emit(1));
    one.relay.close();
    expect(other.heard).toEqual([emit(1)]);
  });
});
