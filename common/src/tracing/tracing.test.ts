import { afterEach, describe, expect, test } from '@jest/globals';

import { parseHostPort } from '../config/index.ts';
import { startUnaryServer } from '../grpc/index.ts';
import { eventually, type OtlpReceiver, startOtlpReceiver } from '../testing/index.ts';
import { openTracing, type Tracing } from './index.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${PARENT}-01`;
const ANSWER = Uint8Array.of(1);

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(): Promise<{ receiver: OtlpReceiver; tracing: Tracing }> {
  const receiver = await startOtlpReceiver();
  const tracing = await openTracing({ component: 'trial', collector: parseHostPort(receiver.address) });
  stops.push(
    () => receiver.stop(),
    () => tracing.close(),
  );
  return { receiver, tracing };
}

function callWith(traceparent?: string) {
  return [
    Buffer.alloc(0),
    { get: (name: string) => (name === 'traceparent' ? traceparent : undefined) },
  ] as const;
}

describe('openTracing', () => {
  test('a sampled call is a span under its caller', async () => {
    const { receiver, tracing } = await start();
    const { '/a/B': handle } = tracing.wrap({ '/a/B': () => ANSWER });
    expect(handle?.(...callWith(SAMPLED))).toBe(ANSWER);
    await eventually(() => expect(receiver.spans).toHaveLength(1));
    expect(receiver.spans[0]).toMatchObject({
      service: 'trial',
      name: 'a/B',
      traceId: TRACE,
      parentSpanId: PARENT,
    });
  });

  test('calls that wait, fail or answer with a status are spans too', async () => {
    const { receiver, tracing } = await start();
    const wrapped = tracing.wrap({
      '/late': async () => ANSWER,
      '/broken': async () => Promise.reject(new Error('broken')),
      '/thrown': () => {
        throw new Error('thrown');
      },
      '/status': () => ({ code: 5, details: 'none' }),
    });
    expect(await wrapped['/late']?.(...callWith(SAMPLED))).toBe(ANSWER);
    await expect(wrapped['/broken']?.(...callWith(SAMPLED))).rejects.toThrow('broken');
    expect(() => wrapped['/thrown']?.(...callWith(SAMPLED))).toThrow('thrown');
    expect(wrapped['/status']?.(...callWith(SAMPLED))).toEqual({ code: 5, details: 'none' });
    await eventually(() =>
      expect(receiver.spans.map(({ name }) => name).sort()).toEqual(['broken', 'late', 'status', 'thrown']),
    );
  });

  test.each([undefined, 'nonsense', `00-${TRACE}-${PARENT}-00`])('a call with %s is none', async (header) => {
    const { receiver, tracing } = await start();
    const { '/a': handle } = tracing.wrap({ '/a': () => ANSWER });
    expect(handle?.(...callWith(header))).toBe(ANSWER);
    await tracing.close();
    expect(receiver.spans).toEqual([]);
  });

  test('without a collector the services are the same', async () => {
    const services = { '/a': () => ANSWER };
    expect((await openTracing({ component: 'trial', collector: undefined })).wrap(services)).toBe(services);
  });

  test('a collector that takes nothing holds nobody up', async () => {
    const server = await startUnaryServer({ listen: { host: '127.0.0.1', port: 0 }, services: {} });
    stops.push(() => server.drain(0));
    const tracing = await openTracing({ component: 'trial', collector: parseHostPort(server.address) });
    const { '/a': handle } = tracing.wrap({ '/a': () => ANSWER });
    for (let index = 0; index < 10_000; index += 1) expect(handle?.(...callWith(SAMPLED))).toBe(ANSWER);
    await tracing.close();
  }, 20_000);
});
