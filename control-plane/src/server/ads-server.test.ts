import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DiscoveryRequest, NodeSchema } from '@paymesh/common/envoy-discovery';
import { eventually } from '@paymesh/common/testing';

import { createSnapshotStore, type SnapshotStore } from '../snapshot/index.ts';
import { type AdsServer, startAdsServer } from './ads-server.ts';
import type { AdsEvent } from './events.ts';
import { openStream, type RawStream } from './testing/grpc-client.ts';
import { meshSnapshot, nodeSnapshot } from './testing/resources.ts';
import { plain, type RequestFields, requestOf, seen } from './testing/sotw-client.ts';

const OK = 0;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;

const streams: RawStream[] = [];
let store: SnapshotStore;
let server: AdsServer;
let events: AdsEvent[];

beforeEach(async () => {
  store = createSnapshotStore();
  events = [];
  server = await startAdsServer({
    listen: { host: '127.0.0.1', port: 0 },
    store,
    observe: (event) => void events.push(event),
  });
});

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await server.close();
});

function open(method?: Parameters<typeof openStream>[1]): RawStream {
  const stream = openStream(server.address, method);
  streams.push(stream);
  return stream;
}

function clusters(node: string | undefined, fields?: RequestFields): DiscoveryRequest {
  const request = requestOf('cluster', fields);
  return node === undefined ? request : { ...request, node: create(NodeSchema, { id: node }) };
}

function publish(content: string): void {
  store.publish(
    meshSnapshot(nodeSnapshot('edge', [plain('cluster', 'a', content)]), nodeSnapshot('payments-1', [])),
  );
}

async function response(stream: RawStream, index: number) {
  return eventually(() => {
    const found = stream.received[index];
    if (found === undefined) throw new Error(`no response ${index}`);
    return seen(found);
  });
}

describe('the ADS server', () => {
  test('serves every rate limiter by its own name, and tells all of them of a change', async () => {
    const limits = (content: string) => ({
      ...meshSnapshot(nodeSnapshot('edge', [])),
      revision: content,
      limiter: nodeSnapshot('rate-limiter', [plain('policySet', 'policies', content)]),
    });
    store.publish(limits('1'));
    const ask = (id: string, fields?: RequestFields) => ({
      ...requestOf('policySet', fields),
      node: create(NodeSchema, { id }),
    });
    const [one, two] = [open(), open()];
    one.send(ask('rate-limiter/one'));
    two.send(ask('rate-limiter/two'));
    expect(await response(one, 0)).toMatchObject({ resources: ['policies=1'] });
    const first = await response(two, 0);
    two.send(ask('rate-limiter/two', first));
    one.send(ask('rate-limiter/one', first));
    store.publish(limits('2'));
    expect(await response(one, 1)).toMatchObject({ resources: ['policies=2'] });
    expect(await response(two, 1)).toMatchObject({ resources: ['policies=2'] });
    expect(new Set(events.map(({ node }) => node))).toEqual(
      new Set(['rate-limiter/one', 'rate-limiter/two']),
    );
  });

  test('60: refuses streams before the first state', async () => {
    const stream = open();
    stream.send(clusters('edge'));
    expect(await stream.ended).toEqual({
      code: UNAVAILABLE,
      details: 'the control plane has no complete state yet',
    });
  });

  test.each([
    ['26: no node', undefined, INVALID_ARGUMENT, 'node.id is missing'],
    ['26: an empty node id', '', INVALID_ARGUMENT, 'node.id is missing'],
    ['an unknown node', 'payment-1', NOT_FOUND, 'did you mean payments-1?'],
  ] as const)('refuses %s', async (_, node, code, details) => {
    publish('1');
    const stream = open();
    stream.send(clusters(node));
    const end = await stream.ended;
    expect(end).toMatchObject({ code });
    expect(end.details).toContain(details);
    expect(events).toEqual([]);
  });

  test('25: ends a stream with an empty type_url', async () => {
    publish('1');
    const stream = open();
    stream.send({ ...clusters('edge'), typeUrl: '' });
    expect(await stream.ended).toMatchObject({ code: INVALID_ARGUMENT });
    await eventually(() => expect(events.map(({ kind }) => kind)).toEqual(['open', 'close']));
  });

  test('24: takes the node of the first request for all, and no other', async () => {
    publish('1');
    const stream = open();
    stream.send(clusters('edge'));
    const first = await response(stream, 0);
    stream.send(clusters(undefined, first));
    publish('2');
    expect((await response(stream, 1)).resources).toEqual(['a=2']);
    stream.send(clusters('payments-1'));
    expect(await stream.ended).toMatchObject({ code: INVALID_ARGUMENT });
  });

  test('54: serves two streams of one node, and the second after the first has gone', async () => {
    publish('1');
    const [first, second] = [open(), open()];
    first.send(clusters('edge'));
    second.send(clusters('edge'));
    await response(first, 0);
    const { nonce } = await response(second, 0);
    second.send(clusters('edge', { nonce }));
    first.close();
    await eventually(() => expect(events.filter(({ kind }) => kind === 'close')).toHaveLength(1));
    publish('2');
    expect((await response(second, 1)).resources).toEqual(['a=2']);
  });

  test('keeps the stream of a Workload that was removed, and sends it nothing', async () => {
    publish('1');
    const stream = open();
    stream.send(clusters('edge'));
    const { nonce } = await response(stream, 0);
    stream.send(clusters('edge', { nonce }));
    store.publish(meshSnapshot(nodeSnapshot('payments-1', [])));
    publish('2');
    expect((await response(stream, 1)).resources).toEqual(['a=2']);
    expect(stream.received).toHaveLength(2);
  });

  test('tells that delta is not served', async () => {
    const stream = open('deltaAggregatedResources');
    expect(await stream.ended).toEqual({
      code: UNIMPLEMENTED,
      details: 'the delta protocol is not served; set api_type: GRPC in ads_config',
    });
  });

  test('ends its streams when it closes', async () => {
    publish('1');
    const stream = open();
    stream.send(clusters('edge'));
    await response(stream, 0);
    await server.close();
    expect(await stream.ended).toMatchObject({ code: OK });
    server = await startAdsServer({
      listen: { host: '127.0.0.1', port: 0 },
      store,
      observe: () => undefined,
    });
  });
});
