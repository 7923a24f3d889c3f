import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { Logger } from '@paymesh/common/log';
import type { Registry } from '@paymesh/common/metrics';
import { type FastifyError, type FastifyInstance, type FastifyRequest, fastify } from 'fastify';

import { readJsonBody } from './json-body.ts';
import { PROBLEM_TYPE, Problem, problemBody } from './problem.ts';

export interface ServiceOptions {
  readonly log: Logger;
  readonly registry: Registry;
  /** Sent as `x-instance` on every answer, so that a caller can see who served. */
  readonly instance: string;
  /** What `/readyz` tells. Default: always ready. */
  readonly isReady?: () => boolean;
}

const MAX_BODY_BYTES = 64 * 1024;
/** Above the idle timeout of the proxy in front: were it shorter, a request could meet a closing connection. */
const KEEP_ALIVE_MS = 75_000;

/** A fastify instance with what every sample shares: request ids, problem+json, health and metrics, graceful close. */
export function createService({
  log,
  registry,
  instance,
  isReady = () => true,
}: ServiceOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: requestId,
    logger: false,
    // While closing, requests under way and those on open connections are still served.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-instance': instance });
  });
  app.setErrorHandler<FastifyError | Problem>((error, request, reply) => {
    const problem = asProblem(error);
    if (problem.status >= 500)
      log.warn({ err: error, request_id: request.id, url: request.url }, 'request failed');
    return reply.status(problem.status).type(PROBLEM_TYPE).send(problemBody(problem, request.id));
  });
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem(404, 'NO_SUCH_PATH', 'there is nothing under this method and path');
    return reply.status(404).type(PROBLEM_TYPE).send(problemBody(problem, request.id));
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async ({ headers }: FastifyRequest, body: Buffer) => readJsonBody(headers, body),
  );
  closeConnectionsWhenClosing(app);
  addOperations(app, registry, isReady);
  return app;
}

/** Idle connections are closed at once; one that is at work must be told so with its answer, or it keeps the program up. */
function closeConnectionsWhenClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

function addOperations(app: FastifyInstance, registry: Registry, isReady: () => boolean): void {
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    const ready = isReady();
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
  app.get('/actuator/health', async () => ({ status: 'UP' }));
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

/** The id the proxy gave, so that one id is in all logs; a new one where it is missing or not plain text. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
}

function asProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  if (status >= 500) return new Problem(500, 'INTERNAL_ERROR', 'the request could not be completed');
  return new Problem(status, status === 413 ? 'BODY_TOO_LARGE' : 'INVALID_REQUEST', error.message);
}
