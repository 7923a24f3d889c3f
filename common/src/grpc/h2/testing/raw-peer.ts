import { connect, type Socket } from 'node:net';

import { FrameType } from '../protocol.ts';
import { cutFrames, type TestFrame } from './frames.ts';

/** A peer that sends any bytes and keeps all frames that it gets. */
export interface RawPeer {
  readonly socket: Socket;
  readonly frames: readonly TestFrame[];
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  send(...pieces: readonly Uint8Array[]): void;
  /** The frames of a type and a stream so far. */
  of(type: number, streamId?: number): readonly TestFrame[];
  /** The code of the last GOAWAY so far. */
  goawayCode(): number | undefined;
}

/** Connects to a port of loopback, and sends nothing by itself. */
export function openRawPeer(port: number): RawPeer {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const frames: TestFrame[] = [];
  let rest = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const cut = cutFrames(Buffer.concat([rest, chunk]));
    frames.push(...cut.frames);
    rest = Buffer.from(cut.rest);
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const of = (type: number, streamId?: number): readonly TestFrame[] =>
    frames.filter((one) => one.type === type && (streamId === undefined || one.streamId === streamId));
  return {
    socket,
    frames,
    closed,
    of,
    send: (...pieces) => void socket.write(Buffer.concat(pieces)),
    goawayCode: () => of(FrameType.goaway).at(-1)?.payload.readUInt32BE(4),
  };
}
