import { connect } from 'node:net';

import { createFrameParser, type Frame } from './frame-parser.ts';
import {
  ACK,
  call,
  DATA,
  END_STREAM,
  frame,
  GOAWAY,
  HEADERS,
  headerBlocks,
  opening,
  PING,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from './frames.ts';

/** A connection that calls one method again and again. */
export interface LoadConnection {
  /** Sends a message with the others of this turn; gets the answer's message with its prefix, empty when there is none. */
  send(message: Buffer, onAnswer: (answer: Buffer) => void): void;
  close(): void;
}

interface Call {
  readonly onAnswer: (answer: Buffer) => void;
  answer: Buffer;
}

const INITIAL_WINDOW = 65_535;
const NOTHING = Buffer.alloc(0);

/** Connects to a port of this machine. `onError` gets all that ends the measurement. */
export async function openConnection(
  port: number,
  path: string,
  onError: (error: Error) => void,
): Promise<LoadConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', onError);
  const blocks = headerBlocks(path, `127.0.0.1:${port}`);
  const calls = new Map<number, Call>();
  const waiting: { readonly message: Buffer; readonly call: Call }[] = [];
  let window = INITIAL_WINDOW;
  let nextStream = 1;

  function sendWaiting(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const size = next.message.byteLength + 5;
      if (size > window) return;
      window -= size;
      waiting.shift();
      const stream = nextStream;
      nextStream += 2;
      calls.set(stream, next.call);
      socket.write(call(stream, stream === 1 ? blocks.first : blocks.later, next.message));
    }
  }

  function onFrame({ type, flags, stream, payload }: Frame): void {
    if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0, NOTHING));
    else if (type === PING && (flags & ACK) === 0) socket.write(frame(PING, ACK, 0, payload));
    else if (type === WINDOW_UPDATE && stream === 0) window += payload.readUInt32BE(0);
    else if (type === GOAWAY || type === RST_STREAM) onError(new Error(`frame ${type} from the server`));
    else if (type === DATA || type === HEADERS) onAnswerFrame(type, flags, stream, payload);
  }

  function onAnswerFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    const answered = calls.get(stream);
    if (answered === undefined) return;
    if (type === DATA) answered.answer = payload;
    if ((flags & END_STREAM) === 0) return;
    calls.delete(stream);
    answered.onAnswer(answered.answer);
  }

  const parse = createFrameParser(onFrame);
  socket.on('data', (chunk) => {
    // All that one read brings about leaves in one write.
    socket.cork();
    parse(chunk);
    sendWaiting();
    socket.uncork();
  });
  socket.write(opening());
  return {
    send: (message, onAnswer) => {
      waiting.push({ message, call: { onAnswer, answer: NOTHING } });
      sendWaiting();
    },
    close: () => socket.destroy(),
  };
}
