import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { ErrorCode, Flag, FrameType, INITIAL_WINDOW_BYTES, Setting } from './protocol.ts';
import { echo } from './testing/echo-server.ts';
import { createFakeSession, type FakeSession } from './testing/fake-session.ts';
import { data, frame, opening, REQUEST, request, setting, uint32 } from './testing/frames.ts';

/** One call in one of the ways in which it may be sent; its body is `body`. */
const call = fc.record({
  body: fc.uint8Array({ maxLength: 200 }),
  /** Where the header block is cut into CONTINUATIONs. */
  blockCuts: fc.array(fc.nat(REQUEST.byteLength), { maxLength: 3 }),
  bodyCuts: fc.array(fc.nat(200), { maxLength: 3 }),
  padding: fc.nat(20),
  hasPriority: fc.boolean(),
  hasTrailers: fc.boolean(),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function cut(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const ends = [...cuts.filter((at) => at <= bytes.byteLength)].sort((a, b) => a - b);
  return [...ends, bytes.byteLength].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function bytesOf(
  { body, blockCuts, bodyCuts, padding, hasPriority, hasTrailers }: Call,
  streamId: number,
): Buffer {
  const pad = (content: Uint8Array): Uint8Array =>
    padding === 0 ? content : Buffer.concat([Buffer.of(padding), content, Buffer.alloc(padding)]);
  const padFlag = padding === 0 ? 0 : Flag.padded;
  const [first = REQUEST, ...rest] = cut(REQUEST, blockCuts);
  const priority = hasPriority ? Buffer.alloc(5) : Buffer.alloc(0);
  const flags = padFlag | (hasPriority ? Flag.priority : 0) | (rest.length === 0 ? Flag.endHeaders : 0);
  const headers = frame(FrameType.headers, flags, streamId, pad(Buffer.concat([priority, first])));
  const more = rest.map((piece, index) =>
    frame(FrameType.continuation, index === rest.length - 1 ? Flag.endHeaders : 0, streamId, piece),
  );
  const pieces = cut(body, bodyCuts);
  const bodies = pieces.map((piece, index) => {
    const isEnd = index === pieces.length - 1 && !hasTrailers;
    return frame(FrameType.data, padFlag | (isEnd ? Flag.endStream : 0), streamId, pad(piece));
  });
  const trailers = hasTrailers ? [request(streamId, true, Buffer.of())] : [];
  return Buffer.concat([headers, ...more, ...bodies, ...trailers]);
}

/** The windows as the peer knows them. */
function createWindows(fake: FakeSession, first: number) {
  let initial = first;
  let connection = INITIAL_WINDOW_BYTES;
  let stream = first;
  return {
    change: ({ kind, bytes }: { kind: 'connection' | 'stream' | 'initial'; bytes: number }): void => {
      if (kind === 'initial') {
        stream += bytes - initial;
        initial = bytes;
        fake.push(frame(FrameType.settings, 0, 0, setting(Setting.initialWindowSize, bytes)));
        return;
      }
      if (kind === 'connection') connection += bytes;
      else stream += bytes;
      fake.push(frame(FrameType.windowUpdate, 0, kind === 'connection' ? 0 : 1, uint32(bytes)));
    },
    /** What came: all that is left of the answer and may be sent, and no more. */
    take: (left: number): Buffer => {
      const got = fake.sent().flatMap(({ type, payload }) => (type === FrameType.data ? [payload] : []));
      const bytes = Buffer.concat(got);
      expect(bytes.byteLength).toBe(Math.min(left, connection, Math.max(stream, 0)));
      connection -= bytes.byteLength;
      stream -= bytes.byteLength;
      return bytes;
    },
  };
}

describe('a session', () => {
  test('gives the same answers however the bytes of the peer are cut', () => {
    fc.assert(
      fc.property(
        fc.array(call, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (calls, sizes) => {
          const fake = createFakeSession(echo(Buffer.alloc(0)));
          let rest = Buffer.concat([opening(), ...calls.map((one, index) => bytesOf(one, 2 * index + 1))]);
          for (let index = 0; rest.byteLength > 0; index += 1) {
            const size = sizes[index % Math.max(sizes.length, 1)] ?? rest.byteLength;
            expect(fake.push(rest.subarray(0, size))).toBe(ErrorCode.noError);
            rest = rest.subarray(size);
          }
          const answers = fake.sent().filter(({ type }) => type === FrameType.data);
          const filled = [...calls.entries()].filter(([, { body }]) => body.byteLength > 0);
          expect(answers.map(({ streamId, payload }) => [streamId, payload])).toEqual(
            filled.map(([index, { body }]) => [2 * index + 1, Buffer.from(body)]),
          );
          expect(fake.session.streams.count).toBe(0);
        },
      ),
    );
  });

  test('never throws, whatever frames come', () => {
    const block = fc.oneof(
      fc.constant(REQUEST),
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([REQUEST, bytes])),
    );
    const anyFrame = fc
      .record({
        type: fc.oneof(fc.constantFrom(...Object.values(FrameType)), fc.nat(255)),
        flags: fc.oneof(fc.constantFrom(0, Flag.endHeaders, Flag.endHeaders | Flag.endStream), fc.nat(255)),
        streamId: fc.oneof(fc.constantFrom(0, 1, 3, 5, 7), fc.nat()),
        payload: fc.oneof(
          block,
          fc.constantFrom(4, 5, 6, 8).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
        ),
      })
      .map(({ type, flags, streamId, payload }) => frame(type, flags, streamId, payload));
    const noise = fc.uint8Array({ maxLength: 50 });
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 20, arbitrary: anyFrame }, noise)), (pieces) => {
        const fake = createFakeSession(echo());
        fake.push(opening());
        for (const piece of pieces) if (fake.push(Buffer.from(piece)) !== ErrorCode.noError) break;
        fake.session.streams.closeAll();
        expect(fake.session.streams.count).toBe(0);
        expect(fake.session.streams.waitingBytes).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('sends all of an answer, in order and within the windows, however they are opened', () => {
    const bytes = fc.integer({ min: 1, max: 40_000 });
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('connection' as const, 'stream' as const), bytes }),
      fc.record({ kind: fc.constant('initial' as const), bytes: fc.nat(60_000) }),
    );
    const answer = Buffer.from(Uint8Array.from({ length: 70_000 }, (_, index) => index % 251));
    fc.assert(
      fc.property(fc.nat(60_000), fc.array(step, { maxLength: 20 }), (first, steps) => {
        const fake = createFakeSession(echo(answer));
        const windows = createWindows(fake, first);
        fake.push(Buffer.concat([opening(setting(Setting.initialWindowSize, first)), request(1)]));
        const got = [windows.take(answer.byteLength)];
        const left = (): number => answer.byteLength - Buffer.concat(got).byteLength;
        for (const one of steps) {
          windows.change(one);
          got.push(windows.take(left()));
        }
        windows.change({ kind: 'connection', bytes: 1_000_000 });
        windows.change({ kind: 'stream', bytes: 1_000_000 });
        got.push(windows.take(left()));
        expect(Buffer.concat(got).equals(answer)).toBe(true);
        expect(fake.session.streams.count).toBe(0);
      }),
    );
  });

  test('keeps nothing of 200 000 calls, every hundredth of which was given up', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const fake = createFakeSession(echo());
    fake.push(opening());
    const body = Buffer.alloc(1_400, 'x');
    let streamId = 1;
    const heapAfter = (calls: number): number => {
      for (let count = 0; count < calls; count += 1, streamId += 2) {
        const isGivenUp = count % 100 === 0;
        const end = isGivenUp
          ? frame(FrameType.rstStream, 0, streamId, uint32(ErrorCode.cancel))
          : data(streamId, body);
        fake.push(Buffer.concat([request(streamId, false), end]));
        if (count % 100 === 0) {
          fake.push(frame(FrameType.windowUpdate, 0, 0, uint32(200_000)));
          fake.sent();
        }
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = heapAfter(50_000);
    const after = heapAfter(150_000);
    expect(fake.session.streams.count).toBe(0);
    expect(after - before).toBeLessThan(5_000_000);
  });
});
