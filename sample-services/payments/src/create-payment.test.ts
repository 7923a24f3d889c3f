import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock, type FakeClock } from '@paymesh/common/testing';
import type { Call, OutboundClient, Outcome } from '@paymesh/sample-kit';

import { type Created, type CreateOptions, createPayment } from './create-payment.ts';
import type { Beginning, PaymentStore } from './payment-store.ts';
import { openPaymentStore } from './sqlite-payment-store.ts';

const DRAFT = {
  id: 'pay_1',
  principal: 'm-1',
  orderId: 'o-1',
  payerId: 'o-1',
  amount: { minor: 100, currency: 'CNY' },
  channel: 'wechat',
} as const;
const BEGINNING: Beginning = {
  scope: { principal: 'm-1', route: 'create', key: 'k' },
  fingerprint: 'f',
  draft: DRAFT,
};
const CHARGED = {
  kind: 'answer',
  status: 201,
  body: { provider: 'psp-wechat', outTradeNo: 'pay_1', tradeId: 't', state: 'charged', amount: DRAFT.amount },
} as const;
const FOUND: Outcome = { ...CHARGED, status: 200 };
const UNCLEAR: Outcome = { kind: 'unclear', reason: 'answered 504' };
const NOT_SENT: Outcome = { kind: 'not-sent', reason: 'upstream_unreachable' };

/** A charge that was closed before it came: nothing was charged, and nothing can be. */
function closed(provider: string): Outcome {
  return { kind: 'answer', status: 200, body: { provider, outTradeNo: 'pay_1', state: 'closed' } };
}

function absent(provider: string): Outcome {
  return { kind: 'answer', status: 404, body: { code: 'NO_SUCH_CHARGE', provider } };
}

let folder: string;
let clock: FakeClock;
let one: PaymentStore;
let two: PaymentStore;
let calls: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-create-'));
  clock = createFakeClock();
  const path = join(folder, 'payments.db');
  one = openPaymentStore({ path, owner: 'one', clock });
  two = openPaymentStore({ path, owner: 'two', clock });
  calls = [];
});

afterEach(() => {
  one.close();
  two.close();
  rmSync(folder, { recursive: true });
});

/** Answers calls by `METHOD service` (`CLOSE` for closing a charge); what is not named goes well. Every call is noted. */
function outbound(
  answers: Readonly<Record<string, Outcome | (() => Promise<Outcome>)>> = {},
): OutboundClient {
  const good: Readonly<Record<string, Outcome>> = {
    'POST risk.pay': { kind: 'answer', status: 200, body: { decision: 'allow', reasons: [] } },
    'POST psp-wechat.psp': CHARGED,
    'GET psp-wechat.psp': absent('psp-wechat'),
    'GET psp-alipay.psp': absent('psp-alipay'),
    'CLOSE psp-wechat.psp': closed('psp-wechat'),
    'CLOSE psp-alipay.psp': closed('psp-alipay'),
    'POST ledger.pay': { kind: 'answer', status: 200, body: {} },
  };
  return {
    call: async ({ method, service, path }: Call) => {
      const name = `${path.endsWith('/close') ? 'CLOSE' : method} ${service}`;
      calls.push(name);
      const answer = answers[name] ?? good[name] ?? UNCLEAR;
      return typeof answer === 'function' ? answer() : answer;
    },
    close: async () => undefined,
  };
}

function create(
  store: PaymentStore,
  change: Partial<CreateOptions> = {},
  beginning = BEGINNING,
): Promise<Created> {
  const options: CreateOptions = {
    store,
    outbound: outbound(),
    clock,
    inFlightMs: 20_000,
    log: createLogger({ service: 'test', level: 'silent' }),
    pause: async (ms) => clock.advance(ms),
    ...change,
  };
  return createPayment(options, beginning, { requestId: 'r-1' });
}

function statusOf(created: Created): number | string {
  return created.kind === 'answer' ? created.answer.status : created.kind;
}

/** What the next one under the key is given. */
function replayOf(created: Created | undefined): unknown {
  return created?.kind === 'answer' && { kind: 'answer', answer: created.answer, isReplay: true };
}

describe('createPayment', () => {
  test('assesses, charges, books, in that order', async () => {
    expect(statusOf(await create(one))).toBe(201);
    expect(calls).toEqual(['POST risk.pay', 'POST psp-wechat.psp', 'POST ledger.pay']);
  });

  test('gives a second try the first answer', async () => {
    const first = await create(one);
    calls = [];
    expect(await create(two)).toEqual(replayOf(first));
    expect(calls).toEqual([]);
  });

  test.each([
    ['the risk service is away', { 'POST risk.pay': NOT_SENT }, 'not-sent', 'failed'],
    ['the risk service talks nonsense', { 'POST risk.pay': CHARGED }, 'not-sent', 'failed'],
    ['no provider was reached', { 'POST psp-wechat.psp': NOT_SENT }, 'not-sent', 'failed'],
    ['the provider answers unclearly', { 'POST psp-wechat.psp': UNCLEAR }, 202, 'unknown'],
    [
      'the provider answers about another payment',
      { 'POST psp-wechat.psp': { ...CHARGED, body: {} } },
      202,
      'unknown',
    ],
    [
      'the provider refuses',
      { 'POST psp-wechat.psp': { kind: 'answer', status: 409, body: {} } },
      402,
      'failed',
    ],
    ['the ledger is away', { 'POST ledger.pay': UNCLEAR }, 202, 'authorised'],
  ] as const)('when %s', async (_name, answers, status, state) => {
    expect(statusOf(await create(one, { outbound: outbound(answers) }))).toBe(status);
    expect(await one.find('pay_1')).toMatchObject({ state });
  });

  test.each([
    ['was charged all the same', { 'CLOSE psp-wechat.psp': CHARGED }, 202, 'unknown'],
    ['was charged all the same, says its query', { 'CLOSE psp-wechat.psp': FOUND }, 201, 'succeeded'],
    ['cannot be closed', { 'CLOSE psp-wechat.psp': UNCLEAR }, 202, 'unknown'],
    ['is closed by another provider', { 'CLOSE psp-wechat.psp': closed('psp-alipay') }, 202, 'unknown'],
  ] as const)('a refused charge that %s has not failed', async (_name, answers, status, state) => {
    const refused: Outcome = { kind: 'answer', status: 402, body: { provider: 'psp-wechat' } };
    const answer = await create(one, { outbound: outbound({ 'POST psp-wechat.psp': refused, ...answers }) });
    expect(statusOf(answer)).toBe(status);
    expect(await one.find('pay_1')).toMatchObject({ state });
    expect(calls).not.toContain('CLOSE psp-alipay.psp');
  });

  test('a charge that nobody knows to have refused is closed everywhere before it has failed', async () => {
    const refused: Outcome = { kind: 'answer', status: 400, body: {} };
    const answer = await create(one, { outbound: outbound({ 'POST psp-wechat.psp': refused }) });
    expect(statusOf(answer)).toBe(402);
    expect(calls.slice(2)).toEqual(['CLOSE psp-wechat.psp', 'CLOSE psp-alipay.psp']);
  });

  test('waits for an owner that is about to let go, though it lives', async () => {
    const { draft } = BEGINNING;
    await one.begin(BEGINNING);
    const pause = async (ms: number): Promise<void> => {
      clock.advance(ms);
      if (clock.now() % 200 === 0) await one.renewLease();
      if (clock.now() % 500 !== 0) return;
      const settlement = { to: 'failed', reason: 'its Envoy died', answer: 'release' } as const;
      if ((await one.find(draft.id))?.state === 'created') await one.settle(draft.id, settlement);
    };
    const beginning = { ...BEGINNING, draft: { ...draft, id: 'pay_2' } };
    const charged: Outcome = { ...CHARGED, body: { ...CHARGED.body, outTradeNo: 'pay_2' } };
    const answers = outbound({ 'POST psp-wechat.psp': charged });
    expect(statusOf(await create(two, { pause, outbound: answers }, beginning))).toBe(201);
  });

  test('says running to a second try once the owner shows that it goes on', async () => {
    await one.begin(BEGINNING);
    const pause = async (ms: number): Promise<void> => {
      clock.advance(ms);
      if (clock.now() % 200 === 0) await one.renewLease();
    };
    expect(await create(two, { pause })).toEqual({ kind: 'running' });
    expect(calls).toEqual([]);
  });

  test('says running in the end when nothing happens at all', async () => {
    await one.begin(BEGINNING);
    expect(await create(one)).toEqual({ kind: 'running' });
  });
});

describe('taking over from a dead owner', () => {
  test('asks the first provider, closes at the other, and charges if none has', async () => {
    await one.begin(BEGINNING);
    expect(statusOf(await create(two))).toBe(201);
    expect(calls).toEqual([
      'GET psp-wechat.psp',
      'CLOSE psp-alipay.psp',
      'POST risk.pay',
      'POST psp-wechat.psp',
      'POST ledger.pay',
    ]);
  });

  test('does not charge what was charged', async () => {
    await one.begin(BEGINNING);
    expect(statusOf(await create(two, { outbound: outbound({ 'GET psp-wechat.psp': FOUND }) }))).toBe(201);
    expect(calls).toEqual(['GET psp-wechat.psp', 'POST ledger.pay']);
  });

  test.each(['GET psp-wechat.psp', 'CLOSE psp-alipay.psp'])(
    'does not charge after no answer to %s',
    async (call) => {
      await one.begin(BEGINNING);
      expect(statusOf(await create(two, { outbound: outbound({ [call]: UNCLEAR }) }))).toBe(202);
      expect(calls).toEqual(['GET psp-wechat.psp', 'CLOSE psp-alipay.psp']);
    },
  );

  test.each([
    ['not sent', { 'POST psp-wechat.psp': NOT_SENT }],
    ['refused', { 'POST psp-wechat.psp': { kind: 'answer', status: 400, body: {} } }],
    ['no longer allowed', { 'POST risk.pay': NOT_SENT }],
  ] as const)('does not fail what the dead owner may have sent: %s', async (_name, answers) => {
    await one.begin(BEGINNING);
    expect(statusOf(await create(two, { outbound: outbound(answers) }))).toBe(202);
    expect(await two.find('pay_1')).toMatchObject({ state: 'unknown' });
  });

  test('the old owner, coming back, neither charges nor writes, and gives the answer of the new one', async () => {
    let taken: Promise<Created> | undefined;
    const stalled = outbound({
      'POST risk.pay': async () => {
        // While this owner hangs here, its lease runs out and the other one does the whole work.
        clock.advance(1_000);
        await two.renewLease();
        taken = create(two);
        await taken;
        calls = [];
        return { kind: 'answer', status: 200, body: { decision: 'allow', reasons: [] } };
      },
    });
    const created = await create(one, { outbound: stalled });
    const other = await taken;
    expect(other?.kind).toBe('answer');
    expect(created).toEqual(replayOf(other));
    expect(calls).toEqual([]);
  });
});

describe('an owner that was held up', () => {
  test('gives the answer of the one that took over, however long it slept', async () => {
    let taken: Created | undefined;
    const asleep = outbound({
      'POST ledger.pay': async () => {
        clock.advance(60_000);
        await two.renewLease();
        taken = await create(two, { outbound: outbound({ 'GET psp-wechat.psp': FOUND }) });
        return { kind: 'answer', status: 200, body: {} };
      },
    });
    const created = await create(one, { outbound: asleep });
    expect(created).toEqual(replayOf(taken));
  });
});

describe('after an unforeseen error', () => {
  test('that keeps the payment from being settled at all, the next heartbeat gives it up', async () => {
    const settle = (): Promise<never> => Promise.reject(new Error('the file is locked'));
    await expect(create({ ...one, settle })).rejects.toThrow('the file is locked');
    expect(await two.due({ orphanMs: 5_000, limit: 10 })).toEqual([]);
    await one.renewLease();
    expect(await two.due({ orphanMs: 5_000, limit: 10 })).toEqual(['pay_1']);
  });

  test('the payment is left to the resolver, as unknown', async () => {
    const broken = outbound({ 'POST ledger.pay': () => Promise.reject(new Error('a bug')) });
    await expect(create(one, { outbound: broken })).rejects.toThrow('a bug');
    expect(await one.find('pay_1')).toMatchObject({ state: 'unknown', reason: 'internal error' });
    expect(await two.due({ orphanMs: 5_000, limit: 10 })).toEqual(['pay_1']);
  });
});
