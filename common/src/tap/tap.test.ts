import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';

import { createRegistry } from '../metrics/index.ts';
import { createFakeClock, eventually } from '../testing/index.ts';
import { createTap } from './index.ts';

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function start() {
  const registry = createRegistry('trial');
  const clock = createFakeClock(0);
  const tap = createTap({ registry, clock });
  const server = createServer((request, response: ServerResponse) => {
    tap.serve(new URL(request.url ?? '/', 'http://a').searchParams, response);
  }).listen(0, '127.0.0.1');
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const watch = (query = ''): { socket: Socket; text: () => string } => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.write(`GET /decisions?${query} HTTP/1.1\r\nhost: a\r\n\r\n`);
    stops.push(() => socket.destroy());
    return { socket, text: () => text };
  };
  const readers = (count: number) =>
    eventually(async () =>
      expect(await registry.metrics()).toContain(`paymesh_tap_readers{component="trial"} ${count}`),
    );
  return { tap, clock, registry, watch, readers };
}

const entry = (line: string, more: { isDenied?: boolean; services?: readonly string[] } = {}) => ({
  isDenied: false,
  services: [],
  ...more,
  line: () => line,
});

describe('createTap', () => {
  test('makes no line while nobody wants it', async () => {
    const { tap, watch, readers } = await start();
    const made: string[] = [];
    const counted = { ...entry('x'), line: () => String(made.push('x')) };
    tap.publish(counted);
    expect(tap.isWatched()).toBe(false);
    watch('denied=1');
    await readers(1);
    tap.publish(counted);
    expect(made).toEqual([]);
  });

  test('gives each reader what it asked for', async () => {
    const { tap, watch, readers } = await start();
    const [all, denied, one] = [watch(), watch('denied=1'), watch('service=pay%2Fledger')];
    await readers(3);
    tap.publish(entry('allowed', { services: ['pay/payments'] }));
    tap.publish(entry('refused', { isDenied: true, services: ['pay/ledger'] }));
    tap.publish(entry('nowhere', { isDenied: true }));
    await eventually(() => expect(all.text()).toMatch(/allowed[\s\S]*refused[\s\S]*nowhere/));
    await eventually(() => expect(denied.text()).toMatch(/refused[\s\S]*nowhere/));
    await eventually(() => expect(one.text()).toContain('refused'));
    expect(denied.text()).not.toContain('allowed');
    expect(one.text()).not.toMatch(/allowed|nowhere/);
  });

  test('a reader that does not read costs lines and no memory, and is told', async () => {
    const { tap, clock, registry, watch, readers } = await start();
    const { socket, text } = watch();
    await readers(1);
    socket.pause();
    const line = 'x'.repeat(4_000);
    for (let index = 0; index < 10_000; index += 1) {
      clock.advance(10);
      tap.publish(entry(line));
    }
    const dropped = () => registry.getSingleMetric('paymesh_tap_dropped_total')?.get();
    expect((await dropped())?.values[0]?.value).toBeGreaterThan(1_000);
    socket.resume();
    await eventually(() => {
      tap.publish(entry('last'));
      expect(text()).toMatch(/"msg":"dropped","lines":\d+/);
    });
    socket.destroy();
    await readers(0);
  });

  test('too many lines in a second are dropped', async () => {
    const { tap, clock, watch, readers } = await start();
    const { text } = watch();
    await readers(1);
    for (let index = 0; index < 1_500; index += 1) tap.publish(entry('one'));
    clock.advance(1_000);
    tap.publish(entry('next'));
    await eventually(() => expect(text()).toContain('{"msg":"dropped","lines":500}'));
    await eventually(() => expect(text()).toContain('next'));
  });

  test('has eight readers at most', async () => {
    const { watch, readers } = await start();
    for (let index = 0; index < 8; index += 1) watch();
    await readers(8);
    const ninth = watch();
    await eventually(() => expect(ninth.text()).toContain('503'));
  });
});
