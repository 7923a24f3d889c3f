import { setTimeout as pause } from 'node:timers/promises';

import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { Counter, createRegistry } from '@paymesh/common/metrics';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { type Money, parseMoney } from '../money.ts';
import { isObject, parseId } from '../parsed.ts';
import { invalidRequest, orInvalid, Problem } from '../problem.ts';
import { createService } from '../service.ts';
import { addAdmin, type Mood } from './admin-routes.ts';
import { GOOD_BEHAVIOUR } from './behaviour.ts';
import { type Charge, type ChargeBook, createChargeBook, type Journal } from './charge-book.ts';
import { createDice } from './dice.ts';
import { createNotifier, type Notifier, type NotifyOptions } from './notifier.ts';

export interface PspOptions {
  readonly provider: string;
  readonly instance: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Keeps the charges over restarts. Default: none. */
  readonly journal?: Journal | undefined;
  /** Makes the provider's own id of a charge. */
  readonly tradeId: (sequence: number, now: number) => string;
  /** The fields that only this provider's answers have. */
  readonly describe: (charge: Charge) => Readonly<Record<string, unknown>>;
  /** How the merchant is told of charges. Default: it is not. */
  readonly notify?: NotifyOptions | undefined;
}

interface Psp extends PspOptions {
  readonly book: ChargeBook;
  readonly mood: Mood;
  readonly notifier: Notifier | undefined;
  count(operation: string, result: string): void;
}

/** A payment provider for trials: charges, queries, refunds, and a switch for how it misbehaves. */
export function buildPspSimulator(options: PspOptions): FastifyInstance {
  const registry = createRegistry(options.provider);
  const requests = new Counter({
    name: 'psp_sim_requests_total',
    help: 'Requests to the simulated provider',
    labelNames: ['operation', 'result'],
    registers: [registry],
  });
  const psp: Psp = {
    ...options,
    book: createChargeBook(options),
    mood: { behaviour: GOOD_BEHAVIOUR, dice: createDice(GOOD_BEHAVIOUR.seed) },
    notifier: options.notify && createNotifier({ ...options, ...options.notify, registry }),
    count: (operation, result) => requests.inc({ operation, result }),
  };
  const app = createService({ ...options, registry });
  // No value: a hook that gives the reply back waits for it to be sent.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-provider', options.provider);
  });
  app.post('/v1/charges', (request, reply) => create(psp, request, reply));
  app.get<{ Params: { outTradeNo: string } }>('/v1/charges/:outTradeNo', (request) =>
    query(psp, request.params.outTradeNo),
  );
  app.post<{ Params: { outTradeNo: string } }>('/v1/charges/:outTradeNo/close', (request) =>
    close(psp, request.params.outTradeNo),
  );
  app.post('/v1/refunds', (request) => refund(psp, request));
  addAdmin(app, psp.book, psp.mood);
  app.addHook('onClose', () => psp.notifier?.stop());
  return app;
}

async function create(psp: Psp, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { outTradeNo, amount } = readCharge(request.body);
  const { behaviour, dice } = psp.mood;
  psp.book.receive(outTradeNo);
  const isDelayed = behaviour.delayMs > 0 && dice.isHit('delay', behaviour.delayPercent);
  const isError = dice.isHit('error', behaviour.errorPercent);
  if (isError && !behaviour.errorAfterCommit) {
    psp.count('charge', 'error');
    throw simulatedError(psp, behaviour.errorStatus);
  }
  const result = psp.book.charge(outTradeNo, amount, psp.clock.now());
  if (result.kind !== 'charged') {
    psp.count('charge', result.kind);
    throw refusedCharge(psp, result.kind);
  }
  psp.count('charge', result.isNew ? 'charged' : 'repeated');
  if (result.isNew && !dice.isHit('unnotified', behaviour.unnotifiedPercent)) {
    psp.notifier?.notify(result.charge);
  }
  // Late answers come after the charge: a caller who gave up must find it by a query.
  if (isDelayed) await pause(behaviour.delayMs);
  if (isError) throw simulatedError(psp, behaviour.errorStatus);
  if (!behaviour.dropAfterCommit)
    return reply.status(result.isNew ? 201 : 200).send(answerOf(psp, result.charge));
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

async function query(psp: Psp, outTradeNo: string): Promise<unknown> {
  await misbehave(psp, 'query');
  const charge = psp.book.find(outTradeNo);
  psp.count('query', charge === undefined ? 'not_found' : 'found');
  if (charge === undefined) {
    throw new Problem(404, 'NO_SUCH_CHARGE', 'no charge has this outTradeNo', { provider: psp.provider });
  }
  return answerOf(psp, charge);
}

/** Real providers have it too: what was closed can never be charged, however late the charge arrives. */
async function close(psp: Psp, given: string): Promise<unknown> {
  const outTradeNo = orInvalid(parseId(given, 'outTradeNo'));
  await misbehave(psp, 'close');
  const result = psp.book.close(outTradeNo);
  psp.count('close', result.kind);
  if (result.kind === 'full') throw refusedCharge(psp, result.kind);
  if (result.kind === 'charged') return answerOf(psp, result.charge);
  return { provider: psp.provider, outTradeNo, state: 'closed' };
}

/** What queries are told to do wrong, closes do as well. */
async function misbehave(psp: Psp, operation: 'query' | 'close'): Promise<void> {
  const { behaviour, dice } = psp.mood;
  if (behaviour.queryDelayMs > 0 && dice.isHit('query-delay', behaviour.queryDelayPercent)) {
    await pause(behaviour.queryDelayMs);
  }
  if (dice.isHit('query-error', behaviour.queryErrorPercent)) {
    psp.count(operation, 'error');
    throw simulatedError(psp, behaviour.errorStatus);
  }
}

async function refund(psp: Psp, request: FastifyRequest): Promise<unknown> {
  const { outTradeNo, amount } = readCharge(request.body);
  const refundNo = orInvalid(
    parseId(isObject(request.body) ? request.body['refundNo'] : undefined, 'refundNo'),
  );
  const result = psp.book.refund({ outTradeNo, refundNo, amount });
  psp.count('refund', result.kind.replace('-', '_'));
  switch (result.kind) {
    case 'refunded':
      return { ...answerOf(psp, result.charge), refundNo, refundedMinor: result.charge.refundedMinor };
    case 'no-charge':
      throw new Problem(404, 'NO_SUCH_CHARGE', 'no charge has this outTradeNo', { provider: psp.provider });
    case 'too-much':
      throw new Problem(422, 'REFUND_TOO_MUCH', 'refunds may not be more than the charge');
    case 'conflict':
      throw new Problem(
        409,
        'REFUND_CONFLICT',
        'this refund differs from the charge or from an earlier refund',
      );
  }
}

function answerOf(psp: Psp, charge: Charge): Readonly<Record<string, unknown>> {
  const { outTradeNo, tradeId, amount } = charge;
  return { provider: psp.provider, outTradeNo, tradeId, state: 'charged', amount, ...psp.describe(charge) };
}

function readCharge(body: unknown): { readonly outTradeNo: string; readonly amount: Money } {
  if (!isObject(body)) throw invalidRequest('the body must be a JSON object');
  return {
    outTradeNo: orInvalid(parseId(body['outTradeNo'], 'outTradeNo')),
    amount: orInvalid(parseMoney(body['amount'])),
  };
}

function simulatedError(psp: Psp, status: number): Problem {
  return new Problem(status, 'SIMULATED_ERROR', `${psp.provider} was told to fail`, {
    provider: psp.provider,
  });
}

function refusedCharge(psp: Psp, kind: 'conflict' | 'full' | 'closed'): Problem {
  const { provider } = psp;
  if (kind === 'closed') return new Problem(409, 'CHARGE_CLOSED', 'this outTradeNo was closed', { provider });
  if (kind === 'full') return new Problem(507, 'SIMULATOR_FULL', 'the simulator keeps no more charges');
  return new Problem(409, 'CHARGE_CONFLICT', 'another amount was charged under this outTradeNo', {
    provider,
  });
}
