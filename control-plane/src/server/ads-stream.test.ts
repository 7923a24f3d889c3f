import { EventEmitter } from 'node:events';

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DiscoveryRequest, DiscoveryResponse } from '@paymesh/common/envoy-discovery';

import { createSnapshotStore } from '../snapshot/index.ts';
import { runStream, type StreamOptions } from './ads-stream.ts';
import type { StreamEnd } from './grpc-status.ts';
import { createKnownLists } from './known-lists.ts';
import { createSotwSession } from './sotw/session.ts';
import { meshSnapshot, nodeSnapshot } from './testing/resources.ts';
import { plain, requestOf, seen } from './testing/sotw-client.ts';

/** A call whose client reads only when told to. */
class FakeCall extends EventEmitter {
  readonly written: DiscoveryResponse[] = [];
  readonly #flushes: (() => void)[] = [];
  end = jest.fn();
  status: StreamEnd | undefined;

  constructor() {
    super();
    this.on('error', (status: StreamEnd) => {
      this.status = status;
    });
  }

  write(response: DiscoveryResponse, flushed: () => void): boolean {
    this.written.push(response);
    this.#flushes.push(flushed);
    return true;
  }

  read(): void {
    for (const flushed of this.#flushes.splice(0)) flushed();
  }
}

type Sessions = StreamOptions<DiscoveryRequest, DiscoveryResponse>['createSession'];

const sotwSession: Sessions = (first, nowMs) =>
  createSotwSession({ first, nowMs, known: createKnownLists(1), spareMs: 0 });

function start(options: { readonly waitMs?: number; readonly createSession?: Sessions } = {}) {
  const store = createSnapshotStore();
  const publish = (content: string) =>
    store.publish(meshSnapshot(nodeSnapshot('edge', [plain('cluster', 'a', content)])));
  publish('1');
  const call = new FakeCall();
  const onClosed = jest.fn();
  const observe = jest.fn();
  const stream = runStream<DiscoveryRequest, DiscoveryResponse>({
    call,
    stream: 1,
    store,
    observe,
    createSession: options.createSession ?? sotwSession,
    waitMs: options.waitMs ?? 0,
    now: () => Date.now(),
    writeDeadlineMs: 1_000,
    onClosed,
  });
  const ask = (nonce = '') => call.emit('data', { ...requestOf('cluster', { nonce }), node: { id: 'edge' } });
  return { store, publish, call, stream, ask, onClosed, observe };
}

describe('runStream', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('53: ends the stream of a client that does not read', () => {
    const { call, ask, onClosed, publish } = start();
    ask();
    jest.advanceTimersByTime(999);
    for (let change = 0; change < 1_000; change += 1) publish(`c${change}`);
    expect([call.written.length, call.status]).toEqual([1, undefined]);
    jest.advanceTimersByTime(1);
    expect(call.status).toEqual({ code: 4, details: 'the client does not read its stream' });
    expect(onClosed).toHaveBeenCalledTimes(1);
  });

  test('leaves a client alone that reads in time', () => {
    const { call, ask } = start();
    ask();
    jest.advanceTimersByTime(900);
    call.read();
    jest.advanceTimersByTime(10_000);
    expect(call.status).toBeUndefined();
  });

  test('answers what came during admission when it is over', () => {
    const { call, ask } = start({ waitMs: 300 });
    ask();
    jest.advanceTimersByTime(299);
    expect(call.written).toEqual([]);
    jest.advanceTimersByTime(2);
    expect(call.written.map(seen)).toMatchObject([{ resources: ['a=1'] }]);
  });

  test('bounds what it keeps during admission', () => {
    const { call, ask } = start({ waitMs: 300 });
    for (let count = 0; count < 100; count += 1) ask();
    expect(call.status).toMatchObject({ code: 8 });
  });

  test('writes a publish in the same tick', () => {
    const { call, ask, publish } = start();
    ask();
    jest.advanceTimersByTime(1);
    ask(call.written[0]?.nonce);
    jest.advanceTimersByTime(1);
    publish('2');
    expect(call.written.map(seen)).toMatchObject([{ resources: ['a=1'] }, { resources: ['a=2'] }]);
  });

  test('looks again at the deadline of a missing answer', () => {
    const { call, ask, publish, observe } = start();
    ask();
    jest.advanceTimersByTime(1);
    call.read();
    publish('2');
    jest.advanceTimersByTime(5_001);
    expect(call.written).toHaveLength(2);
    expect(observe).toHaveBeenCalledWith(expect.objectContaining({ kind: 'late', node: 'edge', stream: 1 }));
  });

  test.each(['end', 'close', 'cancelled', 'error'])(
    'is over at %s, with no timer and no listener left',
    (event) => {
      const { call, ask, publish, onClosed } = start();
      ask();
      jest.advanceTimersByTime(1);
      call.emit(event, { code: 1, details: '' });
      call.emit('close');
      publish('2');
      expect(call.written).toHaveLength(1);
      expect(onClosed).toHaveBeenCalledTimes(1);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  test('a defect ends this stream only, and is told', () => {
    const defect = new Error('a defect');
    const { call, ask, observe, publish } = start({
      createSession: () => ({
        request: () => undefined,
        retarget: () => {
          throw defect;
        },
        flush: () => ({ responses: [], events: [] }),
      }),
    });
    ask();
    expect(publish('2')).toBe(true);
    expect(call.status).toMatchObject({ code: 13 });
    expect(observe).toHaveBeenCalledWith({ kind: 'failed', stream: 1, node: 'edge', error: defect });
  });

  test('ends once', () => {
    const { call, stream } = start();
    stream.end();
    stream.end();
    expect(call.end).toHaveBeenCalledTimes(1);
  });
});
