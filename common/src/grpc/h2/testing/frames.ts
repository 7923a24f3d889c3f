import { encodeFields } from '../hpack/index.ts';
import { Flag, FRAME_HEAD_BYTES, FrameType, PREFACE } from '../protocol.ts';

/** A frame by itself. */
export interface TestFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The bytes of a frame; nothing about it need be right. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.byteLength, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** The frames of these bytes, and what is left of them. */
export function cutFrames(bytes: Buffer): { readonly frames: readonly TestFrame[]; readonly rest: Buffer } {
  const frames: TestFrame[] = [];
  let at = 0;
  while (bytes.byteLength - at >= FRAME_HEAD_BYTES) {
    const end = at + FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (end > bytes.byteLength) break;
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      streamId: bytes.readUInt32BE(at + 5),
      payload: Buffer.from(bytes.subarray(at + FRAME_HEAD_BYTES, end)),
    });
    at = end;
  }
  return { frames, rest: bytes.subarray(at) };
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One entry of SETTINGS. */
export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(id >> 8, id), uint32(value)]);
}

/** What a client begins with. */
export function opening(settings: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([PREFACE, frame(FrameType.settings, 0, 0, settings)]);
}

/** The header block of a request that is right. */
export const REQUEST = encodeFields([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
]);

/** The headers of a request; with `isEnd` that is all of it. */
export function request(streamId: number, isEnd = true, block: Uint8Array = REQUEST): Buffer {
  return frame(FrameType.headers, Flag.endHeaders | (isEnd ? Flag.endStream : 0), streamId, block);
}

/** A body in one piece. */
export function data(streamId: number, payload: Uint8Array, isEnd = true): Buffer {
  return frame(FrameType.data, isEnd ? Flag.endStream : 0, streamId, payload);
}
