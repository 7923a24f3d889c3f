import { encodeFields, type Stream } from '../h2/index.ts';
import { messagePrefix } from './frame.ts';
import { type CallStatus, Code, statusTrailers } from './status.ts';

/** `:status: 200`, of the static table. */
const STATUS_200 = Buffer.of(0x88);
const HEADERS = Buffer.concat([STATUS_200, encodeFields([['content-type', 'application/grpc']])]);
const OK = encodeFields([['grpc-status', String(Code.ok)]]);

/** Answers a call with its message, or with a status alone. Nothing happens when the caller is gone. */
export function answer(stream: Stream, message: Uint8Array): void {
  stream.sendHeaders(HEADERS, false);
  stream.end(OK, message, messagePrefix(message.byteLength));
}

/** Ends a call that got no message: "trailers only", one frame. */
export function endWithStatus(stream: Stream, status: CallStatus): void {
  stream.sendHeaders(Buffer.concat([HEADERS, encodeFields(statusTrailers(status))]), true);
}

/** Turns away what is no gRPC. */
export function endWithHttpStatus(stream: Stream, httpStatus: number): void {
  stream.sendHeaders(encodeFields([[':status', String(httpStatus)]]), true);
}

/** Begins an answer of any number of messages. `status` ends it. */
export function answerMany(stream: Stream) {
  stream.sendHeaders(HEADERS, false);
  return {
    send: (message: Uint8Array): void => stream.sendData(message, messagePrefix(message.byteLength)),
    end: (status: CallStatus): void => stream.end(encodeFields(statusTrailers(status))),
  };
}
