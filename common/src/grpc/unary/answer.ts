import { constants, type ServerHttp2Stream } from 'node:http2';

import { frameMessage } from './frame.ts';
import type { Reply } from './method.ts';
import { type CallStatus, Code, statusTrailers } from './status.ts';

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' } as const;
const WITH_TRAILERS = { waitForTrailers: true, sendDate: false } as const;
const HEADERS_ONLY = { endStream: true, sendDate: false } as const;
const OK = { 'grpc-status': String(Code.ok) } as const;

/** Answers a call with its message, or with a status alone. Nothing happens when the caller is gone. */
export function answer(stream: ServerHttp2Stream, reply: Reply): void {
  if (!(reply instanceof Uint8Array)) {
    endWithStatus(stream, reply);
    return;
  }
  if (!isOpen(stream)) return;
  stream.on('wantTrailers', sendOk);
  stream.respond(HEADERS, WITH_TRAILERS);
  stream.end(frameMessage(reply));
}

/** Ends a call that got no message: "trailers only", one frame. */
export function endWithStatus(stream: ServerHttp2Stream, status: CallStatus): void {
  endWithHeaders(stream, { ...HEADERS, ...statusTrailers(status) });
}

/** Turns away what is no gRPC. */
export function endWithHttpStatus(stream: ServerHttp2Stream, httpStatus: number): void {
  endWithHeaders(stream, { ':status': httpStatus });
}

/** Begins an answer of any number of messages. `status` ends it. */
export function answerMany(stream: ServerHttp2Stream) {
  stream.respond(HEADERS, WITH_TRAILERS);
  return {
    send: (message: Uint8Array): void => {
      if (isOpen(stream) && !stream.writableEnded) stream.write(frameMessage(message));
    },
    end: (status: CallStatus): void => {
      if (!isOpen(stream) || stream.writableEnded) return;
      stream.on('wantTrailers', () => {
        if (isOpen(stream)) stream.sendTrailers(statusTrailers(status));
      });
      stream.end();
    },
  };
}

/** False once the caller has reset the stream or its connection is gone. */
export function isOpen(stream: ServerHttp2Stream): boolean {
  return !stream.destroyed && !stream.closed;
}

function endWithHeaders(stream: ServerHttp2Stream, headers: Record<string, string | number>): void {
  if (!isOpen(stream) || stream.headersSent) return;
  stream.respond(headers, HEADERS_ONLY);
  // Whoever still sends is told to stop, and no stream is held open by what is never finished. (RFC 9113, 8.1)
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
}

function sendOk(this: ServerHttp2Stream): void {
  if (isOpen(this)) this.sendTrailers(OK);
}
