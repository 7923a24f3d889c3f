import { afterEach, describe, expect, test } from '@jest/globals';

import { eventually } from '../../testing/index.ts';
import { encodeFields } from './hpack/index.ts';
import { H2_LIMITS } from './limits.ts';
import { ErrorCode, Flag, FrameType, MAX_FRAME_BYTES, MAX_WINDOW_BYTES, Setting } from './protocol.ts';
import type { Accept } from './streams.ts';
import { echo, startH2 } from './testing/echo-server.ts';
import { data, frame, opening, REQUEST, request, setting, uint32 } from './testing/frames.ts';
import { openRawPeer, type RawPeer } from './testing/raw-peer.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

async function start(accept: Accept = echo(), change: Parameters<typeof startH2>[1] = {}): Promise<RawPeer> {
  const server = await startH2(accept, change);
  const peer = openRawPeer(server.port);
  cleanups.push(server.stop, () => void peer.socket.destroy());
  return peer;
}

const PING = frame(FrameType.ping, 0, 0, Buffer.alloc(8, 'a'));
const times = (count: number, piece: (index: number) => Uint8Array): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => piece(index)));
const cancel = (streamId: number): Buffer =>
  frame(FrameType.rstStream, 0, streamId, uint32(ErrorCode.cancel));

async function expectEnded(peer: RawPeer, code: ErrorCode): Promise<void> {
  await peer.closed;
  expect(peer.goawayCode()).toBe(code);
}

/** It still answers, whatever was sent before. */
async function expectAlive(peer: RawPeer, streamId: number): Promise<void> {
  peer.send(request(streamId));
  await eventually(() => expect(peer.of(FrameType.data, streamId)).toHaveLength(1));
  expect(peer.goawayCode()).toBeUndefined();
}

describe('too many frames that bring nothing on end the connection', () => {
  const flood = H2_LIMITS.idleFrames.burst + H2_LIMITS.idleFrames.perSecond * 20;

  test.each<[string, Uint8Array]>([
    ['PING', PING],
    ['SETTINGS', frame(FrameType.settings, 0, 0)],
    ['PRIORITY', frame(FrameType.priority, 0, 1, Buffer.alloc(5))],
    ['frames of unknown types', frame(0x77, 0, 0)],
    ['empty DATA', data(1, Buffer.alloc(0), false)],
    ['DATA of padding alone', frame(FrameType.data, Flag.padded, 1, Buffer.of(3, 0, 0, 0))],
    ['WINDOW_UPDATE of one byte', frame(FrameType.windowUpdate, 0, 0, uint32(1))],
  ])('%s', async (_name, one) => {
    const peer = await start();
    peer.send(
      opening(),
      request(1, false),
      times(flood, () => one),
    );
    await expectEnded(peer, ErrorCode.enhanceYourCalm);
  });

  test('and fewer do not', async () => {
    const peer = await start();
    peer.send(
      opening(),
      times(1_000, () => PING),
    );
    await eventually(() => expect(peer.of(FrameType.ping)).toHaveLength(1_000));
    await expectAlive(peer, 1);
  });
});

describe('calls that are given up', () => {
  test('too fast end the connection (CVE-2023-44487)', async () => {
    const peer = await start();
    const pairs = times(30_000, (index) =>
      Buffer.concat([request(2 * index + 1, false), cancel(2 * index + 1)]),
    );
    peer.send(opening(), pairs);
    await expectEnded(peer, ErrorCode.enhanceYourCalm);
  });

  test('by us, for mistakes that are made on purpose, end it too (CVE-2025-8671)', async () => {
    const peer = await start();
    const mistake = (streamId: number): Buffer =>
      Buffer.concat([request(streamId, false), frame(FrameType.windowUpdate, 0, streamId, uint32(0))]);
    peer.send(
      opening(),
      times(30_000, (index) => mistake(2 * index + 1)),
    );
    await expectEnded(peer, ErrorCode.enhanceYourCalm);
  });

  test('now and then do no harm', async () => {
    const peer = await start();
    const pairs = times(1_000, (index) =>
      Buffer.concat([request(2 * index + 1, false), cancel(2 * index + 1)]),
    );
    peer.send(opening(), pairs);
    await expectAlive(peer, 2_001);
  });

  test('while their handlers work on are no way around the bound of calls', async () => {
    let handlers = 0;
    const busy: Accept = (stream) => {
      stream.hold();
      handlers += 1;
      return { onData: () => undefined, onEnd: () => undefined, onClose: () => undefined };
    };
    const peer = await start(busy, { maxConcurrentStreams: 10 });
    peer.send(
      opening(),
      times(100, (index) => Buffer.concat([request(2 * index + 1), cancel(2 * index + 1)])),
    );
    await expectEnded(peer, ErrorCode.enhanceYourCalm);
    expect(handlers).toBeLessThanOrEqual(11);
  });

  test('beyond the bound of calls are refused', async () => {
    const silent: Accept = () => ({
      onData: () => undefined,
      onEnd: () => undefined,
      onClose: () => undefined,
    });
    const peer = await start(silent, { maxConcurrentStreams: 2 });
    peer.send(opening(), request(1), request(3), request(5));
    await eventually(() => expect(peer.of(FrameType.rstStream)).toHaveLength(1));
    const [refusal] = peer.of(FrameType.rstStream);
    expect(refusal).toMatchObject({ streamId: 5, payload: uint32(ErrorCode.refusedStream) });
  });
});

describe('header blocks', () => {
  const begin = frame(FrameType.headers, 0, 1, REQUEST);

  test.each<[string, Uint8Array]>([
    ['of endless empty CONTINUATION', times(100, () => frame(FrameType.continuation, 0, 1))],
    [
      'of endless large CONTINUATION',
      times(4, () => frame(FrameType.continuation, 0, 1, Buffer.alloc(MAX_FRAME_BYTES))),
    ],
  ])('%s end the connection', async (_name, rest) => {
    const peer = await start();
    peer.send(opening(), begin, rest);
    await expectEnded(peer, ErrorCode.enhanceYourCalm);
  });

  test('that grow when decoded end their stream only', async () => {
    const peer = await start();
    // A literal of 4000 bytes that goes into the table, then that entry again and again: 32 MB in 8 kB.
    const name = Buffer.concat([Buffer.of(0x40, 1), Buffer.from('a')]);
    const value = encodeFields([['', 'x'.repeat(4_000)]]).subarray(2);
    const bomb = Buffer.concat([REQUEST, name, value, Buffer.alloc(8_000, 0xbe)]);
    peer.send(opening(), request(1, true, bomb));
    await expectAlive(peer, 3);
    expect(peer.of(FrameType.rstStream, 1)).toMatchObject([{ payload: uint32(ErrorCode.enhanceYourCalm) }]);
  });
});

describe('what is too large ends the connection:', () => {
  test.each<[string, Uint8Array, ErrorCode]>([
    [
      'a frame that is too large',
      frame(0x77, 0, 0, Buffer.alloc(MAX_FRAME_BYTES + 1)),
      ErrorCode.frameSizeError,
    ],
    [
      'too many settings',
      frame(
        FrameType.settings,
        0,
        0,
        times(H2_LIMITS.maxSettings + 1, () => setting(0x99, 1)),
      ),
      ErrorCode.enhanceYourCalm,
    ],
  ])('%s', async (_name, bytes, code) => {
    const peer = await start();
    peer.send(opening(), bytes);
    await expectEnded(peer, code);
  });
});

describe('peers that take no answers', () => {
  test('by window: what waits for them is bounded', async () => {
    const answer = Buffer.alloc(1024 * 1024);
    const peer = await start(echo(answer));
    const tooMany = H2_LIMITS.maxQueuedBytes / answer.byteLength + 1;
    peer.send(
      opening(setting(Setting.initialWindowSize, 0)),
      times(tooMany, (index) => request(2 * index + 1)),
    );
    await peer.closed;
    expect(peer.of(FrameType.data)).toEqual([]);
  });

  test('by socket: nothing more is read until they do', async () => {
    const calls = 4_000;
    const body = Buffer.alloc(10_000, 'x');
    let taken = 0;
    const accept: Accept = (stream, head) => {
      taken += 1;
      return echo()(stream, head);
    };
    const peer = await start(accept, { maxConcurrentStreams: calls });
    peer.send(
      opening(setting(Setting.initialWindowSize, MAX_WINDOW_BYTES)),
      frame(FrameType.windowUpdate, 0, 0, uint32(MAX_WINDOW_BYTES - 65_535)),
    );
    await eventually(() => expect(peer.of(FrameType.settings)).toHaveLength(2));
    peer.socket.pause();
    peer.send(
      times(calls, (index) => Buffer.concat([request(2 * index + 1, false), data(2 * index + 1, body)])),
    );
    let before = -1;
    await eventually(() => {
      const now = taken;
      const isSame = now === before;
      before = now;
      expect(now).toBeGreaterThan(0);
      expect(isSame).toBe(true);
    });
    expect(taken).toBeLessThan(calls);
    peer.socket.resume();
    await eventually(() => expect(taken).toBe(calls));
    await eventually(() => expect(peer.of(FrameType.data)).toHaveLength(calls));
  });
});

describe('silent peers', () => {
  test('that say nothing at all are closed', async () => {
    const peer = await start(echo(), { prefaceTimeoutMs: 20 });
    await peer.closed;
  });

  test('that answer no ping are closed', async () => {
    const peer = await start(echo(), { prefaceTimeoutMs: 20, keepaliveMs: 20, keepaliveTimeoutMs: 20 });
    peer.send(opening());
    await peer.closed;
    expect(peer.of(FrameType.ping)).toHaveLength(1);
  });

  test('that answer pings are kept', async () => {
    const peer = await start(echo(), { prefaceTimeoutMs: 20, keepaliveMs: 20, keepaliveTimeoutMs: 300 });
    peer.send(opening());
    for (let pings = 1; pings <= 3; pings += 1) {
      await eventually(() => expect(peer.of(FrameType.ping)).toHaveLength(pings));
      peer.send(frame(FrameType.ping, Flag.ack, 0, peer.of(FrameType.ping).at(-1)?.payload));
    }
    await expectAlive(peer, 1);
  });
});

describe('leaving', () => {
  test('takes the calls that crossed the first GOAWAY, and none after the second', async () => {
    const server = await startH2(echo());
    const peer = openRawPeer(server.port);
    cleanups.push(server.stop, () => void peer.socket.destroy());
    peer.send(opening(), request(1, false));
    await eventually(() => expect(peer.of(FrameType.settings)).toHaveLength(2));
    server.finish();
    await eventually(() => expect(peer.of(FrameType.ping)).toHaveLength(1));
    peer.send(request(3), frame(FrameType.ping, Flag.ack, 0, peer.of(FrameType.ping)[0]?.payload));
    await eventually(() => expect(peer.of(FrameType.goaway)).toHaveLength(2));
    expect(peer.of(FrameType.goaway)[1]?.payload.readUInt32BE(0)).toBe(3);
    peer.send(request(5), data(1, Buffer.from('last')));
    await peer.closed;
    expect(peer.of(FrameType.data).map(({ streamId }) => streamId)).toEqual([3, 1]);
  });
});
