import type { Socket } from 'node:net';

import { FrameCutter } from '../frame-cutter.ts';
import { Output } from '../output.ts';
import type { ErrorCode } from '../protocol.ts';
import { Session } from '../session.ts';
import type { Accept } from '../streams.ts';
import { cutFrames, type TestFrame } from './frames.ts';

/** A session without a socket: bytes in, frames out. */
export interface FakeSession {
  readonly session: Session;
  push(bytes: Buffer): ErrorCode;
  /** What it has sent since the last time. */
  sent(): readonly TestFrame[];
}

/** A session that has said its first words. */
export function createFakeSession(accept: Accept, maxConcurrentStreams = 100): FakeSession {
  let written: Buffer[] = [];
  const socket = {
    writable: true,
    writableLength: 0,
    write: (bytes: Buffer) => written.push(Buffer.from(bytes)),
  };
  const output = new Output(socket as unknown as Socket, () => output.flush());
  const nothing = (): void => undefined;
  const session = new Session({ output, accept, maxConcurrentStreams, onPong: nothing, onIdle: nothing });
  const cutter = new FrameCutter((frame) => session.onFrame(frame));
  session.open();
  return {
    session,
    push: (bytes) => {
      output.isReading = true;
      const code = cutter.push(bytes);
      output.isReading = false;
      output.flush();
      return code;
    },
    sent: () => {
      const { frames } = cutFrames(Buffer.concat(written));
      written = [];
      return frames;
    },
  };
}
