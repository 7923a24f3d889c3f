import type { FastifyRequest } from 'fastify';

/** What one request hands on to the calls that it causes: its id and its W3C trace. */
export interface CallContext {
  readonly requestId: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const MAX_TRACESTATE = 512;

/** Reads the context of a request; a malformed trace is dropped, as W3C Trace Context asks. */
export function callContext(request: FastifyRequest): CallContext {
  const { traceparent, tracestate } = request.headers;
  const requestId = request.id;
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return { requestId };
  if (typeof tracestate !== 'string' || tracestate.length > MAX_TRACESTATE) return { requestId, traceparent };
  return { requestId, traceparent, tracestate };
}
