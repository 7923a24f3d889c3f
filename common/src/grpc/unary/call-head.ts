import type { RequestHead } from '../h2/index.ts';
import type { Method } from './method.ts';
import { parseTimeoutMs } from './parse-timeout.ts';
import { type CallStatus, Code } from './status.ts';

/** What the headers of a call say, before its message is read. */
export type CallHead =
  | { readonly kind: 'call'; readonly method: Method; readonly timeoutMs: number | undefined }
  /** No gRPC at all: an HTTP status. */
  | { readonly kind: 'not_grpc'; readonly httpStatus: 405 | 415 }
  | { readonly kind: 'refused'; readonly status: CallStatus };

/** `application/grpc`, with any `+format` and parameters after it. (PROTOCOL-HTTP2.md, Requests) */
const CONTENT_TYPE = /^application\/grpc(?:[+;]|$)/i;

/** Reads the headers of a call. */
export function readCallHead(head: RequestHead, methods: ReadonlyMap<string, Method>): CallHead {
  const { contentType = '', grpcTimeout, grpcEncoding } = head;
  if (contentType !== 'application/grpc' && !CONTENT_TYPE.test(contentType))
    return { kind: 'not_grpc', httpStatus: 415 };
  if (head.method !== 'POST') return { kind: 'not_grpc', httpStatus: 405 };
  const method = methods.get(head.path ?? '');
  if (method === undefined) return refused(Code.unimplemented, 'no such method');
  if (grpcEncoding !== undefined && grpcEncoding !== 'identity') {
    return refused(Code.unimplemented, 'compressed messages are not taken');
  }
  if (grpcTimeout === undefined) return { kind: 'call', method, timeoutMs: undefined };
  const timeoutMs = parseTimeoutMs(grpcTimeout);
  if (timeoutMs === undefined) return refused(Code.internal, 'malformed grpc-timeout');
  return { kind: 'call', method, timeoutMs };
}

function refused(code: number, details: string): CallHead {
  return { kind: 'refused', status: { code, details } };
}
