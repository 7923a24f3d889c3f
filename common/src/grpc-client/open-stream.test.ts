import { create } from '@bufbuild/protobuf';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';

import { parseHostPort } from '../config/index.ts';
import {
  AggregatedDiscoveryService,
  type DiscoveryRequest,
  DiscoveryRequestSchema,
  type DiscoveryResponse,
  DiscoveryResponseSchema,
} from '../envoy-discovery/index.ts';
import { serviceDefinition, startGrpcServer } from '../grpc/index.ts';
import { eventually, freePort } from '../testing/index.ts';
import { openStream } from './index.ts';

type Call = ServerDuplexStream<DiscoveryRequest, DiscoveryResponse>;

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that answers each request by its version, `big` by 4 KiB of it; `go` ends the stream. */
async function startEcho(): Promise<string> {
  const streamAggregatedResources = (call: Call): void => {
    call.on('data', ({ versionInfo }: DiscoveryRequest) => {
      if (versionInfo === 'go') call.emit('error', { code: 5, details: 'nobody of this name' });
      else
        call.write(
          create(DiscoveryResponseSchema, {
            versionInfo: versionInfo === 'big' ? 'x'.repeat(4_096) : versionInfo,
          }),
        );
    });
    call.on('error', () => undefined);
  };
  const implementation = { streamAggregatedResources, deltaAggregatedResources: () => undefined };
  const definition = serviceDefinition(AggregatedDiscoveryService);
  const server = await startGrpcServer({
    listen: { host: '127.0.0.1', port: 0 },
    services: [{ definition, implementation }],
  });
  closers.push(() => server.drain(0));
  return server.address;
}

function open(address: string) {
  const seen: string[] = [];
  const stream = openStream({
    server: parseHostPort(address),
    method: AggregatedDiscoveryService.method.streamAggregatedResources,
    maxReceiveBytes: 2_048,
    onOpen: () => seen.push('open'),
    onMessage: ({ versionInfo }) => seen.push(versionInfo),
    onEnd: ({ code, details }) => seen.push(`end ${code} ${details}`),
  });
  closers.push(() => stream.close());
  const send = (versionInfo: string): void => stream.send(create(DiscoveryRequestSchema, { versionInfo }));
  return { seen, send, close: () => stream.close() };
}

describe('openStream', () => {
  test('takes messages both ways and tells the end once, with its status', async () => {
    const { seen, send } = open(await startEcho());
    send('a');
    send('b');
    await eventually(() => expect(seen).toHaveLength(3));
    send('go');
    await eventually(() => expect(seen.at(-1)).toBe('end 5 nobody of this name'));
    send('late');
    expect([...seen].sort()).toEqual(['a', 'b', 'end 5 nobody of this name', 'open']);
  });

  test('ends where nobody listens', async () => {
    const { seen } = open(`127.0.0.1:${await freePort()}`);
    await eventually(() => expect(seen.join()).toMatch(/^end 14 .*ECONNREFUSED/));
  });

  test('ends at a message beyond the bound', async () => {
    const { seen, send } = open(await startEcho());
    send('big');
    await eventually(() => expect(seen.at(-1)).toMatch(/^end 8 .*larger than max/i));
  });

  test('tells nothing after it was closed', async () => {
    const { seen, send, close } = open(await startEcho());
    send('a');
    await eventually(() => expect(seen).toContain('a'));
    close();
    const other = open(await startEcho());
    other.send('b');
    await eventually(() => expect(other.seen).toContain('b'));
    expect(seen.filter((one) => one.startsWith('end'))).toEqual([]);
  });
});
