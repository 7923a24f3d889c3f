import { beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '@paymesh/common/testing';

import type { Payment } from './payment.ts';
import { type Answer, type Beginning, FencedOutError, type PaymentStore } from './payment-store.ts';
import { IllegalMoveError } from './state-machine.ts';

/** What a store under test has to offer. */
export interface StoreUnderTest {
  readonly name: string;
  /** An empty place for payments; gives a function that opens it for an owner. Leases last 750 ms. */
  readonly create: (clock: FakeClock) => (owner: string) => PaymentStore;
}

const CHARGE = { provider: 'psp-wechat' as const, tradeId: 't-1' };

function beginning(key: string, change: Partial<Beginning> = {}): Beginning {
  const draft = {
    id: `pay_${key}`,
    principal: 'm-1',
    orderId: 'o-1',
    payerId: 'o-1',
    amount: { minor: 100, currency: 'CNY' },
    channel: 'wechat',
  } as const;
  return { scope: { principal: 'm-1', route: 'create', key }, fingerprint: 'f-1', draft, ...change };
}

function answer(payment: Payment): Answer {
  return { status: 201, text: payment.state };
}

/** The cases that every PaymentStore must pass. */
export function describePaymentStore({ name, create }: StoreUnderTest): void {
  let clock: FakeClock;
  let open: (owner: string) => PaymentStore;
  let one: PaymentStore;
  let two: PaymentStore;

  beforeEach(() => {
    clock = createFakeClock();
    open = create(clock);
    one = open('one');
    two = open('two');
  });

  describe(`${name}: releasing`, () => {
    test('a released payment belongs to nobody from the next heartbeat on, and can be taken by anyone', async () => {
      await one.begin(beginning('k'));
      one.release('pay_k');
      expect(await one.claim('pay_k', { mayCharge: false })).toBeUndefined();
      await one.renewLease();
      expect(await one.due({ orphanMs: 5_000, limit: 10 })).toEqual(['pay_k']);
      expect(await one.claim('pay_k', { mayCharge: false })).toMatchObject({ id: 'pay_k', state: 'created' });
    });

    test('what another owner has taken meanwhile stays with that one', async () => {
      await one.begin(beginning('k'));
      one.release('pay_k');
      clock.advance(1_000);
      expect(await two.claim('pay_k', { mayCharge: false })).toBeDefined();
      await one.renewLease();
      await expect(two.assertOwned('pay_k')).resolves.toBeUndefined();
    });
  });

  describe(`${name}: keys`, () => {
    test('a new key starts a payment', async () => {
      expect(await one.begin(beginning('k'))).toEqual({
        kind: 'started',
        payment: expect.objectContaining({
          id: 'pay_k',
          state: 'created',
          attempts: 0,
          createdAt: clock.now(),
        }),
      });
    });

    test('a key at work is running, with its owner, seen by both', async () => {
      await one.begin(beginning('k'));
      const running = {
        kind: 'running',
        paymentId: 'pay_k',
        owner: { name: 'one', beat: 1, isExpired: false },
      };
      expect(await one.begin(beginning('k'))).toEqual(running);
      expect(await two.begin(beginning('k'))).toEqual(running);
    });

    test('an answered key gives its first answer, for ever', async () => {
      await one.begin(beginning('k'));
      await one.settle('pay_k', { to: 'unknown', answer });
      await two.claim('pay_k', { mayCharge: false });
      await two.settle('pay_k', { to: 'succeeded', charge: CHARGE, answer });
      expect(await one.begin(beginning('k'))).toEqual({
        kind: 'done',
        answer: { status: 201, text: 'unknown' },
      });
      expect(await one.find('pay_k')).toMatchObject({ state: 'succeeded', ...CHARGE });
    });

    test('another body is a mismatch, running or answered', async () => {
      await one.begin(beginning('k'));
      expect(await two.begin(beginning('k', { fingerprint: 'f-2' }))).toEqual({ kind: 'mismatch' });
      await one.settle('pay_k', { to: 'failed', answer });
      expect(await two.begin(beginning('k', { fingerprint: 'f-2' }))).toEqual({ kind: 'mismatch' });
    });

    test.each([{ principal: 'm-2' }, { route: 'refund' }, { key: 'k2' }])(
      'count apart for %j',
      async (change) => {
        await one.begin(beginning('k'));
        const { scope, draft } = beginning('k');
        const other = beginning('k', {
          scope: { ...scope, ...change },
          draft: { ...draft, id: 'pay_other' },
        });
        expect(await two.begin(other)).toMatchObject({ kind: 'started', payment: { id: 'pay_other' } });
      },
    );

    test('a released key is free for a new payment, and the old one stays failed', async () => {
      await one.begin(beginning('k'));
      await one.settle('pay_k', { to: 'failed', reason: 'not sent', answer: 'release' });
      const again = beginning('k', { draft: { ...beginning('k').draft, id: 'pay_again' } });
      expect(await two.begin(again)).toMatchObject({ kind: 'started', payment: { id: 'pay_again' } });
      expect(await two.find('pay_k')).toMatchObject({ state: 'failed', reason: 'not sent' });
    });

    test('old answered keys are forgotten, running ones are not', async () => {
      await one.begin(beginning('old'));
      await one.settle('pay_old', { to: 'failed', answer });
      await one.begin(beginning('running'));
      expect(await one.forgetKeys(clock.now() + 1, 100)).toBe(1);
      expect(await one.begin(beginning('running'))).toMatchObject({ kind: 'running' });
    });

    test('only one of many beginnings starts', async () => {
      const begun = await Promise.all([one, two, one, two].map((store) => store.begin(beginning('k'))));
      expect(begun.map(({ kind }) => kind).toSorted()).toEqual(['running', 'running', 'running', 'started']);
    });
  });

  describe(`${name}: owners`, () => {
    test('a heartbeat shows, and keeps the lease', async () => {
      await one.begin(beginning('k'));
      clock.advance(600);
      await one.renewLease();
      clock.advance(600);
      expect(await two.begin(beginning('k'))).toMatchObject({ owner: { beat: 2, isExpired: false } });
      expect(await two.claim('pay_k', { mayCharge: true })).toBeUndefined();
    });

    test('a payment whose owner is dead can be taken over, once', async () => {
      await one.begin(beginning('k'));
      clock.advance(750);
      const three = open('three');
      await two.renewLease();
      expect(await two.begin(beginning('k'))).toMatchObject({ owner: { name: 'one', isExpired: true } });
      const claims = await Promise.all(
        [two, three].map((store) => store.claim('pay_k', { mayCharge: true })),
      );
      expect(claims.filter((claim) => claim !== undefined)).toEqual([
        expect.objectContaining({ id: 'pay_k', workedAt: clock.now() }),
      ]);
    });

    test('an owner that was replaced can neither charge nor write', async () => {
      await one.begin(beginning('k'));
      await one.assertOwned('pay_k');
      clock.advance(750);
      await two.renewLease();
      await two.claim('pay_k', { mayCharge: true });
      await expect(one.assertOwned('pay_k')).rejects.toThrow(FencedOutError);
      await expect(one.settle('pay_k', { to: 'failed', answer })).rejects.toThrow(FencedOutError);
      await two.settle('pay_k', { to: 'succeeded', charge: CHARGE, answer });
      await expect(one.settle('pay_k', { to: 'failed', answer: 'release' })).rejects.toThrow(FencedOutError);
      expect(await one.begin(beginning('k'))).toMatchObject({ kind: 'done', answer: { text: 'succeeded' } });
    });

    test('an owner that was held up does not take over from itself', async () => {
      await one.begin(beginning('k'));
      clock.advance(10_000);
      expect(await one.claim('pay_k', { mayCharge: true })).toBeUndefined();
    });

    test('a settled payment belongs to nobody: the next may take it at once, then no other', async () => {
      await one.begin(beginning('k'));
      await one.settle('pay_k', { to: 'unknown', answer });
      expect(await two.claim('pay_k', { mayCharge: false })).toMatchObject({ state: 'unknown', attempts: 1 });
      expect(await one.claim('pay_k', { mayCharge: false })).toBeUndefined();
    });

    test.each(['succeeded', 'failed'] as const)('nobody takes a payment that has %s', async (to) => {
      await one.begin(beginning('k'));
      const charge = to === 'succeeded' ? { charge: CHARGE } : {};
      await one.settle('pay_k', { to, ...charge, answer });
      expect(await two.claim('pay_k', { mayCharge: false })).toBeUndefined();
    });
  });

  describe(`${name}: moves`, () => {
    test('what the state machine forbids is refused, and nothing of it is written', async () => {
      await one.begin(beginning('k'));
      await expect(one.settle('pay_k', { to: 'succeeded', answer })).rejects.toThrow(IllegalMoveError);
      expect(await one.find('pay_k')).toMatchObject({ state: 'created', attempts: 0 });
      expect(await one.begin(beginning('k'))).toMatchObject({ kind: 'running', owner: { name: 'one' } });
    });

    test('what was charged cannot fail any more', async () => {
      await one.begin(beginning('k'));
      await one.settle('pay_k', { to: 'authorised', charge: CHARGE, answer });
      await one.claim('pay_k', { mayCharge: false });
      await expect(one.settle('pay_k', { to: 'failed', answer })).rejects.toThrow(IllegalMoveError);
    });
  });

  describe(`${name}: what is due`, () => {
    const due = (): Promise<readonly string[]> => two.due({ orphanMs: 5_000, limit: 10 });

    test('open payments at their time', async () => {
      await one.begin(beginning('k'));
      await one.settle('pay_k', { to: 'unknown', nextTryAt: clock.now() + 200, answer });
      expect(await due()).toEqual([]);
      clock.advance(200);
      expect(await due()).toEqual(['pay_k']);
      await one.claim('pay_k', { mayCharge: false });
      await one.renewLease();
      expect(await due()).toEqual([]);
    });

    test('those of owners long dead', async () => {
      await one.begin(beginning('k'));
      clock.advance(5_000);
      expect(await due()).toEqual([]);
      clock.advance(750);
      expect(await due()).toEqual(['pay_k']);
    });

    test('counts every state', async () => {
      await one.begin(beginning('a'));
      await one.begin(beginning('b'));
      await one.settle('pay_b', { to: 'failed', answer });
      expect(await two.countByState()).toEqual({
        created: 1,
        authorised: 0,
        succeeded: 0,
        failed: 1,
        unknown: 0,
      });
    });

    test('tells the age of the oldest payment that is not finished', async () => {
      expect(await two.oldestOpenSeconds()).toBe(0);
      await one.begin(beginning('a'));
      clock.advance(2_000);
      await one.begin(beginning('b'));
      clock.advance(1_000);
      expect(await two.oldestOpenSeconds()).toBe(3);
      await one.settle('pay_a', { to: 'failed', answer });
      expect(await two.oldestOpenSeconds()).toBe(1);
    });
  });
}
