import { randomBytes } from 'node:crypto';

import {
  callContext,
  fingerprint,
  idempotencyKey,
  orInvalid,
  PROBLEM_TYPE,
  Problem,
  parseId,
} from '@paymesh/sample-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { paymentBody } from './answer.ts';
import { type Created, type CreateOptions, createPayment } from './create-payment.ts';
import type { PaymentMetrics } from './payment-metrics.ts';
import { type CreateBody, parseCreate } from './read-create.ts';
import type { Resolver } from './resolver.ts';

export interface RouteOptions extends CreateOptions {
  readonly resolver: Resolver;
  readonly metrics: PaymentMetrics;
}

/** One name for both paths: a key used on the one is the same key on the other. */
const CREATE_ROUTE = 'create-payment';

/** Create and query, each under its own path and its alias. */
export function addPaymentRoutes(app: FastifyInstance, options: RouteOptions): void {
  for (const path of ['/v1/payments', '/payment/create']) {
    app.post(path, (request, reply) => create(options, request, reply));
  }
  app.get<{ Params: { id: string } }>('/v1/payments/:id', (request) =>
    query(options, request, request.params.id),
  );
  app.get<{ Querystring: { id?: unknown } }>('/payment/query', (request) =>
    query(options, request, request.query.id),
  );
}

async function create(options: RouteOptions, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const key = idempotencyKey(request.headers);
  const body = orInvalid(parseCreate(request.body));
  const principal = principalOf(request) ?? body.merchantId;
  if (principal === undefined) throw new Problem(400, 'INVALID_REQUEST', 'merchantId is missing');
  const { orderId, payerId, amount, channel } = body;
  const ended = options.metrics.seconds.startTimer({ channel });
  const created = await createPayment(
    options,
    {
      scope: { principal, route: CREATE_ROUTE, key },
      fingerprint: fingerprint(request.body),
      draft: { id: newPaymentId(), principal, orderId, payerId, amount, channel },
    },
    callContext(request),
  );
  ended();
  count(options.metrics, body, created);
  return send(reply, created);
}

async function query(
  { store, resolver }: RouteOptions,
  request: FastifyRequest,
  given: unknown,
): Promise<unknown> {
  const id = orInvalid(parseId(given, 'id'));
  const payment = await store.find(id);
  const principal = principalOf(request);
  // Another merchant's payment does not exist for this one.
  if (payment === undefined || (principal !== undefined && principal !== payment.principal)) {
    throw new Problem(404, 'NO_SUCH_PAYMENT', 'there is no payment with this id');
  }
  if (payment.state !== 'unknown') return paymentBody(payment);
  await resolver.resolve(id);
  return paymentBody((await store.find(id)) ?? payment);
}

function send(reply: FastifyReply, created: Created): FastifyReply {
  switch (created.kind) {
    case 'answer': {
      const { status, text } = created.answer;
      if (created.isReplay) reply.header('idempotent-replayed', 'true');
      return reply
        .status(status)
        .type(status < 400 ? 'application/json' : PROBLEM_TYPE)
        .send(text);
    }
    case 'mismatch':
      throw new Problem(422, 'IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body');
    case 'running':
      throw new Problem(409, 'PAYMENT_RUNNING', 'a request with this Idempotency-Key is still running');
    case 'not-sent':
      throw new Problem(503, created.code, 'nothing was charged; the same request may be sent again');
  }
}

function count(metrics: PaymentMetrics, { channel }: CreateBody, created: Created): void {
  const { requests, charges, duplicates } = metrics;
  const result = resultOf(created);
  requests.inc({ channel, result });
  if (created.kind === 'answer' && !created.isReplay) {
    const { provider } = created.payment;
    if (provider !== undefined) charges.inc({ channel, provider });
  }
  if (['replayed', 'mismatch', 'running'].includes(result)) duplicates.inc();
}

function resultOf(created: Created): string {
  if (created.kind !== 'answer') return created.kind.replace('-', '_');
  if (created.isReplay) return 'replayed';
  if (created.answer.status === 201) return 'succeeded';
  return created.answer.status === 202 ? 'open' : 'failed';
}

/** The merchant, as the mesh has verified it. */
function principalOf(request: FastifyRequest): string | undefined {
  const principal = request.headers['x-paymesh-principal'];
  return typeof principal === 'string' ? orInvalid(parseId(principal, 'x-paymesh-principal')) : undefined;
}

/** 28 characters, since WeChat Pay takes at most 32. */
function newPaymentId(): string {
  return `pay_${randomBytes(12).toString('hex')}`;
}
