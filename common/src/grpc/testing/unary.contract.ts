import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';

import { type HostPort, parseHostPort } from '../../config/index.ts';
import { eventually } from '../../testing/index.ts';
import type { GrpcServer } from '../grpc-server.ts';
import { type RawClient, rawClient } from './raw-client.ts';

/** What a server is started with in these tests. */
export interface ContractStart {
  readonly listen: HostPort;
  /** Served at `PATH`. */
  readonly handle: (message: Buffer) => Uint8Array | Promise<Uint8Array>;
  readonly maxReceiveBytes: number;
}

export const PATH = '/paymesh.test.Echo/Echo';
const HEALTH_CHECK = '/grpc.health.v1.Health/Check';
const HEALTH_WATCH = '/grpc.health.v1.Health/Watch';
const SERVING = Buffer.of(0x08, 1);
const NOT_SERVING = Buffer.of(0x08, 2);
const SERVICE_UNKNOWN = Buffer.of(0x08, 3);
const WHOLE_SERVER = Buffer.alloc(0);
/** HealthCheckRequest {service: 'x'}. */
const OTHER_SERVICE = Buffer.of(0x0a, 1, 0x78);

/** What every server of unary calls does, seen by a grpc-js client. */
export function describeUnaryServer(
  name: string,
  startServer: (start: ContractStart) => Promise<GrpcServer>,
) {
  const cleanups: (() => Promise<void> | void)[] = [];
  const echo = (message: Buffer): Uint8Array => Buffer.from(message);

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function start(change: Partial<ContractStart> = {}): Promise<GrpcServer> {
    const listen = { host: '127.0.0.1', port: 0 };
    const server = await startServer({ listen, handle: echo, maxReceiveBytes: 1_000_000, ...change });
    cleanups.push(() => server.drain(0));
    return server;
  }

  function clientOf({ address }: GrpcServer): RawClient {
    const client = rawClient(address);
    cleanups.push(() => client.close());
    return client;
  }

  describe(`${name}: calls`, () => {
    test.each([0, 1, 1_400, 16_379, 16_380, 70_000, 1_000_000])(
      'a message of %i bytes comes back',
      async (size) => {
        const message = Buffer.alloc(size, 'payment');
        expect(message.equals(await clientOf(await start()).call(PATH, message))).toBe(true);
      },
    );

    test('many calls at once are each answered with their own message', async () => {
      const client = clientOf(await start({ handle: async (message) => Buffer.from(message) }));
      const messages = Array.from({ length: 300 }, (_, index) => Buffer.from(`payment ${index}`));
      expect(await Promise.all(messages.map((message) => client.call(PATH, message)))).toEqual(messages);
    });

    test('a method that nobody serves is UNIMPLEMENTED', async () => {
      const client = clientOf(await start());
      await expect(client.call('/no.such/Method', Buffer.alloc(10))).rejects.toMatchObject({
        code: status.UNIMPLEMENTED,
      });
    });

    test('a message above the bound is refused, and the next one is answered', async () => {
      const client = clientOf(await start({ maxReceiveBytes: 1_000 }));
      await expect(client.call(PATH, Buffer.alloc(1_001))).rejects.toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
      });
      await expect(client.call(PATH, Buffer.alloc(200_000))).rejects.toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
      });
      expect(await client.call(PATH, Buffer.alloc(1_000))).toHaveLength(1_000);
    });

    test('a call that takes too long ends with its deadline', async () => {
      const client = clientOf(await start({ handle: () => new Promise(() => undefined) }));
      await expect(client.call(PATH, Buffer.alloc(1), 50)).rejects.toMatchObject({
        code: status.DEADLINE_EXCEEDED,
      });
    });

    test('a port that is taken is told with its address', async () => {
      const { address } = await start();
      await expect(start({ listen: parseHostPort(address) })).rejects.toThrow(
        `cannot listen on ${address}: another program holds the port`,
      );
    });
  });

  describe(`${name}: health`, () => {
    test('SERVING needs a word, and can be taken back', async () => {
      const server = await start();
      const client = clientOf(server);
      expect(await client.call(HEALTH_CHECK, WHOLE_SERVER)).toEqual(NOT_SERVING);
      server.setServing(true);
      expect(await client.call(HEALTH_CHECK, WHOLE_SERVER)).toEqual(SERVING);
      server.setServing(false);
      expect(await client.call(HEALTH_CHECK, WHOLE_SERVER)).toEqual(NOT_SERVING);
    });

    test('a service that is not known is NOT_FOUND', async () => {
      await expect(clientOf(await start()).call(HEALTH_CHECK, OTHER_SERVICE)).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
    });

    test('a watch tells each change', async () => {
      const server = await start();
      const client = clientOf(server);
      const { messages } = client.watch(HEALTH_WATCH, WHOLE_SERVER);
      await eventually(() => expect(messages).toEqual([NOT_SERVING]));
      server.setServing(true);
      await eventually(() => expect(messages).toEqual([NOT_SERVING, SERVING]));
      server.setServing(false);
      await eventually(() => expect(messages).toEqual([NOT_SERVING, SERVING, NOT_SERVING]));
    });

    test('a watch of a service that is not known says so and stays open', async () => {
      const server = await start();
      const { messages } = clientOf(server).watch(HEALTH_WATCH, OTHER_SERVICE);
      await eventually(() => expect(messages).toEqual([SERVICE_UNKNOWN]));
      server.setServing(true);
      expect(await clientOf(server).call(HEALTH_CHECK, WHOLE_SERVER)).toEqual(SERVING);
      expect(messages).toEqual([SERVICE_UNKNOWN]);
    });
  });

  describe(`${name}: drain`, () => {
    test('waits for the call under way, and refuses new ones', async () => {
      let finish: (() => void) | undefined;
      const handle = (message: Buffer): Promise<Uint8Array> => {
        const copy = Buffer.from(message);
        return new Promise((resolve) => {
          finish = () => resolve(copy);
        });
      };
      const server = await start({ handle });
      const underWay = clientOf(server).call(PATH, Buffer.from('slow'));
      await eventually(() => expect(finish).toBeDefined());
      const drained = server.drain(5_000);
      await expect(clientOf(server).call(PATH, Buffer.from('new'))).rejects.toMatchObject({
        code: status.UNAVAILABLE,
      });
      finish?.();
      expect((await underWay).toString()).toBe('slow');
      await drained;
    });

    test('cuts a call that takes longer than the grace', async () => {
      let hasBegun = false;
      const server = await start({
        handle: () => {
          hasBegun = true;
          return new Promise(() => undefined);
        },
      });
      const cut = clientOf(server)
        .call(PATH, Buffer.alloc(1))
        .catch((error: unknown) => error);
      await eventually(() => expect(hasBegun).toBe(true));
      await server.drain(1);
      expect(await cut).toMatchObject({ code: expect.any(Number) });
    });

    test('frees the port, also while a connection is idle', async () => {
      const server = await start();
      await clientOf(server).call(PATH, Buffer.alloc(1));
      // Longer than this test may take.
      await server.drain(60_000);
      const next = await start({ listen: parseHostPort(server.address) });
      expect(next.address).toBe(server.address);
    });
  });
}
