import type { Logger } from '@paymesh/common/log';
import { Counter, createRegistry } from '@paymesh/common/metrics';
import {
  type CallContext,
  callContext,
  createService,
  fingerprint,
  idempotencyKey,
  type OutboundClient,
  orInvalid,
  Problem,
} from '@paymesh/sample-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type Order, orderIdOf, parseOrder } from './order.ts';
import { createOrderStore, type OrderStore } from './order-store.ts';
import { payOrder, refreshOrder } from './pay-order.ts';

export interface OrdersOptions {
  readonly instance: string;
  readonly log: Logger;
  readonly outbound: OutboundClient;
}

interface Orders {
  readonly outbound: OutboundClient;
  readonly store: OrderStore;
  readonly counter: Counter<'state'>;
}

/** Takes orders and has them paid. */
export function buildOrders(options: OrdersOptions): FastifyInstance {
  const registry = createRegistry('orders');
  const counter = new Counter({
    name: 'order_requests_total',
    help: 'Orders by the state they were answered with',
    labelNames: ['state'],
    registers: [registry],
  });
  const orders = { outbound: options.outbound, store: createOrderStore(), counter };
  const app = createService({ ...options, registry });
  app.post('/v1/orders', (request, reply) => create(orders, request, reply));
  app.get<{ Params: { id: string } }>('/v1/orders/:id', (request) =>
    find(orders, request, request.params.id),
  );
  return app;
}

async function create(orders: Orders, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const key = idempotencyKey(request.headers);
  const body = orInvalid(parseOrder(request.body));
  const merchantId = principalOf(request) ?? body.merchantId;
  if (merchantId === undefined) throw new Problem(400, 'INVALID_REQUEST', 'merchantId is missing');
  const id = orderIdOf(merchantId, key);
  const print = fingerprint(request.body);
  const known = orders.store.find(id);
  if (known !== undefined && known.fingerprint !== print) {
    throw new Problem(422, 'IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body');
  }
  if (known !== undefined && known.order.state !== 'created') {
    reply.header('idempotent-replayed', 'true');
    return reply.status(statusOf(known.order)).send(known.order);
  }
  const { amount, channel } = body;
  const fresh: Order = { id, merchantId, amount, channel, state: 'created', paymentId: null, provider: null };
  orders.store.put(fresh, print);
  const order = await payOrNotKnow(orders, fresh, callContext(request));
  orders.store.put(order, print);
  orders.counter.inc({ state: order.state });
  return reply.status(statusOf(order)).send(order);
}

/** An order that payments knows otherwise was forgotten here: the body just put down is not its own. */
async function payOrNotKnow({ outbound, store }: Orders, order: Order, context: CallContext): Promise<Order> {
  try {
    return await payOrder(outbound, order, context);
  } catch (error) {
    if (error instanceof Problem && error.status === 422) store.forget(order.id);
    throw error;
  }
}

async function find(orders: Orders, request: FastifyRequest, id: string): Promise<Order> {
  const known = orders.store.find(id);
  const principal = principalOf(request);
  // Another merchant's order does not exist for this one.
  if (known === undefined || (principal !== undefined && principal !== known.order.merchantId)) {
    throw new Problem(404, 'NO_SUCH_ORDER', 'there is no order with this id');
  }
  if (known.order.state !== 'payment_open') return known.order;
  const order = await refreshOrder(orders.outbound, known.order, callContext(request));
  orders.store.put(order, known.fingerprint);
  return order;
}

/** The merchant, as the mesh has verified it. */
function principalOf(request: FastifyRequest): string | undefined {
  const principal = request.headers['x-paymesh-principal'];
  return typeof principal === 'string' ? principal : undefined;
}

function statusOf({ state }: Order): number {
  return state === 'payment_open' ? 202 : 201;
}
