import { connect, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';

import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';

import { parseHostPort } from '../../config/index.ts';
import { type GrpcServer, startUnaryServer, type UnaryServerOptions } from '../index.ts';
import { rawClient } from '../testing/raw-client.ts';
import { describeUnaryServer, PATH } from '../testing/unary.contract.ts';

describeUnaryServer('startUnaryServer', ({ listen, handle, maxReceiveBytes }) =>
  startUnaryServer({ listen, maxReceiveBytes, services: { [PATH]: handle } }),
);

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const echo = (message: Buffer): Uint8Array => message;
const never = (): Promise<Uint8Array> => new Promise(() => undefined);

async function start(
  handle: UnaryServerOptions['services'][string] = echo,
  more: Partial<UnaryServerOptions> = {},
) {
  const errors: unknown[] = [];
  const server = await startUnaryServer({
    listen: { host: '127.0.0.1', port: 0 },
    services: { [PATH]: handle },
    onError: (error) => errors.push(error),
    ...more,
  });
  cleanups.push(() => server.drain(0));
  return { server, errors };
}

/** The message, framed. */
function frame(message: string, prefix: { flag?: number; length?: number } = {}): Buffer {
  const { flag = 0, length = message.length } = prefix;
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(message)]);
}

const HEADERS = { ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', te: 'trailers' };

interface Raw {
  readonly headers: Record<string, unknown>;
  readonly trailers: Record<string, unknown>;
  readonly body: Buffer;
  readonly rstCode: number;
}

/** What a bare HTTP/2 client sees. `isOpen`: it never ends its side. */
function send(
  { address }: GrpcServer,
  headers: Record<string, string>,
  pieces: readonly Buffer[],
  isOpen = false,
): Promise<Raw> {
  const session = connect(`http://${address}`);
  session.on('error', () => undefined);
  cleanups.push(() => session.destroy());
  const stream = session.request({ ...HEADERS, ...headers });
  const body: Buffer[] = [];
  const seen = { headers: {}, trailers: {} };
  stream.on('error', () => undefined);
  stream.on('response', (got) => void Object.assign(seen.headers, got));
  stream.on('trailers', (got) => void Object.assign(seen.trailers, got));
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  for (const piece of pieces) stream.write(piece);
  if (!isOpen) stream.end();
  return new Promise((resolve) => {
    stream.on('close', () => resolve({ ...seen, body: Buffer.concat(body), rstCode: stream.rstCode }));
  });
}

async function expectAlive(server: GrpcServer): Promise<void> {
  const client = rawClient(server.address);
  cleanups.push(() => client.close());
  expect((await client.call(PATH, Buffer.from('alive'))).toString()).toBe('alive');
}

describe('an answer on the wire', () => {
  test('is headers, a message and a status in trailers', async () => {
    const { server } = await start();
    expect(await send(server, {}, [frame('hello')])).toMatchObject({
      headers: { ':status': 200, 'content-type': 'application/grpc' },
      body: frame('hello'),
      trailers: { 'grpc-status': '0' },
      rstCode: 0,
    });
  });

  test('without a message is a status in the headers, with text that any byte may be in', async () => {
    const { server } = await start(() => ({ code: status.NOT_FOUND, details: '100 % café\n' }));
    expect(await send(server, {}, [frame('hello')])).toMatchObject({
      headers: { ':status': 200, 'grpc-status': '5', 'grpc-message': '100 %25 caf%C3%A9%0A' },
      body: Buffer.alloc(0),
      trailers: {},
    });
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['gives nothing', () => undefined as unknown as Uint8Array],
  ])('of a handler that %s is INTERNAL, without its text', async (_name, handle) => {
    const { server, errors } = await start(handle);
    const { headers } = await send(server, {}, [frame('hello')]);
    expect(headers).toMatchObject({ 'grpc-status': '13', 'grpc-message': 'the call failed' });
    expect(errors).toHaveLength(1);
  });
});

describe('a call that is refused', () => {
  test.each<[string, Record<string, string>, readonly Buffer[], Record<string, unknown>]>([
    ['no gRPC', { 'content-type': 'application/json' }, [Buffer.from('{}')], { ':status': 415 }],
    ['almost gRPC', { 'content-type': 'application/grpcx' }, [frame('a')], { ':status': 415 }],
    ['a GET', { ':method': 'GET' }, [], { ':status': 405 }],
    ['an encoding', { 'grpc-encoding': 'gzip' }, [frame('a')], { 'grpc-status': '12' }],
    ['a compressed message', {}, [frame('a', { flag: 1 })], { 'grpc-status': '12' }],
    ['two messages', {}, [frame('a'), frame('b')], { 'grpc-status': '12' }],
    ['two messages in one piece', {}, [Buffer.concat([frame('a'), frame('b')])], { 'grpc-status': '12' }],
    ['no message', {}, [], { 'grpc-status': '13' }],
    ['half a prefix', {}, [Buffer.of(0, 0)], { 'grpc-status': '13' }],
    ['a message cut short', {}, [frame('abc', { length: 4 })], { 'grpc-status': '13' }],
    ['a length of 4 GiB', {}, [frame('abc', { length: 0xff_ff_ff_ff })], { 'grpc-status': '8' }],
    ['a timeout that is none', { 'grpc-timeout': '1' }, [frame('a')], { 'grpc-status': '13' }],
    ['a method that nobody serves', { ':path': '/x' }, [frame('a')], { 'grpc-status': '12' }],
    ['a name of Object.prototype', { ':path': '/constructor' }, [frame('a')], { 'grpc-status': '12' }],
  ])('%s', async (_name, headers, pieces, expected) => {
    const { server } = await start();
    expect((await send(server, headers, pieces)).headers).toMatchObject(expected);
    await expectAlive(server);
  });

  test('is over although its caller never ends', async () => {
    const { server } = await start();
    const { headers, rstCode } = await send(server, { ':path': '/x' }, [frame('a')], true);
    expect(headers).toMatchObject({ 'grpc-status': '12' });
    expect(rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  });
});

describe('a deadline', () => {
  test.each<[string, UnaryServerOptions['services'][string], readonly Buffer[], boolean]>([
    ['a handler that takes too long', never, [frame('a')], false],
    ['a message that never ends', echo, [Buffer.of(0)], true],
    ['a call that sends nothing', echo, [], true],
  ])('ends %s', async (_name, handle, pieces, isOpen) => {
    const { server } = await start(handle);
    const { headers } = await send(server, { 'grpc-timeout': '20m' }, pieces, isOpen);
    expect(headers).toMatchObject({ 'grpc-status': '4' });
  });

  test('that has passed already is no answer of the handler that comes late', async () => {
    let finish: (() => void) | undefined;
    const { server, errors } = await start(
      (message) =>
        new Promise((resolve) => {
          finish = () => resolve(message);
        }),
    );
    const { headers } = await send(server, { 'grpc-timeout': '1m' }, [frame('a')]);
    expect(headers).toMatchObject({ 'grpc-status': '4' });
    finish?.();
    await expectNothing(errors);
  });
});

describe('hostile connections', () => {
  test.each([
    ['HTTP/1.1', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['noise', '\0\xff\0\xffnoise'.repeat(100)],
    ['a preface and noise', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\xff'.repeat(500)}`],
  ])('%s is closed, and the server lives on', async (_name, text) => {
    const { server } = await start();
    const { host, port } = parseHostPort(server.address);
    const socket = connectSocket(port, host);
    cleanups.push(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
    socket.write(Buffer.from(text, 'latin1'));
    await closed;
    await expectAlive(server);
  });

  test('a caller that resets its stream or its connection ends only that', async () => {
    const { server, errors } = await start(never);
    const session = connect(`http://${server.address}`);
    session.on('error', () => undefined);
    for (const code of [
      constants.NGHTTP2_CANCEL,
      constants.NGHTTP2_PROTOCOL_ERROR,
      constants.NGHTTP2_NO_ERROR,
    ]) {
      const stream = session.request(HEADERS);
      stream.on('error', () => undefined);
      stream.write(frame('abc'));
      stream.close(code);
    }
    session
      .request(HEADERS)
      .on('error', () => undefined)
      .end(frame('abc'));
    await new Promise<void>((resolve) => {
      session.ping(() => resolve());
    });
    session.destroy(undefined, constants.NGHTTP2_INTERNAL_ERROR);
    const { headers } = await send(server, { ':path': '/x' }, [frame('a')]);
    expect(headers).toMatchObject({ 'grpc-status': '12' });
    expect(errors).toEqual([]);
  });

  test('headers above the bound are refused', async () => {
    const { server } = await start();
    const session = connect(`http://${server.address}`);
    cleanups.push(() => session.destroy());
    await new Promise<void>((resolve) => {
      session.once('remoteSettings', () => session.ping(() => resolve()));
    });
    const stream = session.request({ ...HEADERS, 'x-large': 'x'.repeat(20_000) });
    stream.on('error', () => undefined);
    stream.on('response', () => expect('an answer').toBe('none'));
    await new Promise((resolve) => {
      stream.on('close', resolve);
    });
    expect(stream.rstCode).not.toBe(constants.NGHTTP2_NO_ERROR);
    await expectAlive(server);
  });

  test('calls beyond the bound of a connection wait or are refused, and others go on', async () => {
    const { server } = await start(never, { maxConcurrentStreams: 2 });
    const session = connect(`http://${server.address}`);
    cleanups.push(() => session.destroy());
    session.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      session.once('remoteSettings', () => resolve());
    });
    expect(session.remoteSettings.maxConcurrentStreams).toBe(2);
  });
});

async function expectNothing(errors: readonly unknown[]): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(errors).toEqual([]);
}

test('a handler may ask for a header by its name', async () => {
  const { server } = await start((_message, metadata) =>
    Buffer.from(`${metadata.get('traceparent')} ${metadata.get('x-none')}`),
  );
  const { body } = await send(server, { traceparent: '00-4bf9-00f0-01' }, [frame('a')]);
  expect(body).toEqual(frame('00-4bf9-00f0-01 undefined'));
});
