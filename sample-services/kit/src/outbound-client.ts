import { type Dispatcher, errors, Pool } from 'undici';

import type { CallContext } from './call-context.ts';
import { classifyAnswer, classifyError, type Outcome } from './outcome.ts';

export interface OutboundOptions {
  /** The outbound listener of the sidecar; it finds the service by the Host header. */
  readonly url: string;
  /** Longest time for one call, in milliseconds. Default 5 000. */
  readonly timeoutMs?: number;
}

/** One call to another service. */
export interface Call {
  /** `<service>.<namespace>`; sent as Host `<service>.<namespace>.mesh`. */
  readonly service: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly context: CallContext;
  readonly timeoutMs?: number;
}

/** Calls other services. Never rejects: what went wrong is in the outcome. Never tries twice: that is the mesh's work. */
export interface OutboundClient {
  call(call: Call): Promise<Outcome>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const CONNECTIONS = 64;
/** Below the idle timeout of every server in the mesh, so that this side closes first. */
const KEEP_ALIVE_MS = 4_000;

/** A client with a pool of kept connections to the sidecar. */
export function createOutboundClient({
  url,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: OutboundOptions): OutboundClient {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: timeoutMs },
  });
  return {
    call: async (call) => {
      const signal = AbortSignal.timeout(call.timeoutMs ?? timeoutMs);
      try {
        const response = await pool.request({ ...requestOf(call), signal });
        return classifyAnswer(response.statusCode, await readBounded(response));
      } catch (error) {
        return classifyError(error);
      }
    },
    close: () => pool.close(),
  };
}

function requestOf({ service, method, path, body, headers, context }: Call): Dispatcher.RequestOptions {
  const own: Record<string, string> = {
    ...headers,
    host: `${service}.mesh`,
    accept: 'application/json',
    'x-request-id': context.requestId,
  };
  if (context.traceparent !== undefined) own['traceparent'] = context.traceparent;
  if (context.tracestate !== undefined) own['tracestate'] = context.tracestate;
  if (body === undefined) return { method, path, headers: own };
  return {
    method,
    path,
    headers: { ...own, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

async function readBounded({ body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new errors.ResponseExceededMaxSizeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
