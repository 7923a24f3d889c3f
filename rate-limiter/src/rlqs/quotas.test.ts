import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';

import { QUOTA_LIMITS } from './limits.ts';
import { createQuotas } from './quotas.ts';
import type { QuotaRule } from './rule.ts';
import type { QuotaAction, QuotaStream } from './types.ts';

const RULE: QuotaRule = {
  label: 'pay/limits/all',
  requests: 600,
  periodMs: 60_000,
  isShadow: false,
  outlivesLimiter: false,
};
const ID = { policy: 'pay/limits', limit: 'all' };

interface Proxy {
  readonly stream: QuotaStream;
  /** Since it was last asked for. */
  told(): readonly QuotaAction['what'][];
  use(hits: number, id?: Record<string, string>): void;
}

function setUp(first: QuotaRule | undefined = RULE) {
  const clock = createFakeClock();
  const observed = { streams: 0, buckets: 0 };
  let rule: QuotaRule | undefined = first;
  let isOther = false;
  const quotas = createQuotas({
    find: () => rule,
    hasChanged: () => isOther,
    clock,
    observer: {
      sized: (streams, buckets) => Object.assign(observed, { streams, buckets }),
      told: () => {},
    },
  });
  const open = (name: string): Proxy => {
    const told: QuotaAction['what'][] = [];
    const stream = quotas.open(name, (actions) => {
      told.push(...actions.map(({ what }) => what));
      return true;
    });
    if (stream === undefined) throw new Error('no room');
    const use = (hits: number, id: Record<string, string> = ID): void => {
      stream.report('paymesh', [{ id, hits }]);
    };
    return { stream, told: () => told.splice(0), use };
  };
  const setRule = (next: QuotaRule | undefined): void => {
    rule = next;
    quotas.rulesChanged();
  };
  /** Another limit for the same rule, as an override makes it. */
  const override = (next: QuotaRule): void => {
    rule = next;
    isOther = true;
    quotas.tick();
    isOther = false;
  };
  return { clock, quotas, observed, open, setRule, override };
}

const part = (tokensPerFill: number): unknown => expect.objectContaining({ kind: 'bucket', tokensPerFill });

describe('createQuotas', () => {
  test('an override is told on the next tick, without a reload, and so is its end', () => {
    const { open, override, quotas } = setUp();
    const [one, two] = [open('one'), open('two')];
    one.use(10);
    two.use(10);
    expect([one.told().length, two.told().length]).toEqual([2, 1]);
    override({ ...RULE, requests: 60 });
    expect([one.told(), two.told()]).toEqual([[part(30)], [part(30)]]);
    quotas.tick();
    expect(one.told()).toEqual([]);
    override({ ...RULE, requests: 0 });
    expect([one.told(), two.told()]).toEqual([[{ kind: 'deny' }], [{ kind: 'deny' }]]);
    override(RULE);
    expect([one.told(), two.told()]).toEqual([[part(300)], [part(300)]]);
  });

  test('the first report subscribes and is answered at once; who joins takes a part', () => {
    const { open } = setUp();
    const [a, b] = [open('a'), open('b')];
    a.use(1);
    expect(a.told()).toEqual([part(600)]);
    b.use(1);
    expect([a.told(), b.told()]).toEqual([[part(300)], [part(300)]]);
  });

  test('who leaves gives its part back', () => {
    const { open, observed } = setUp();
    const [a, b] = [open('a'), open('b')];
    a.use(1);
    b.use(1);
    a.told();
    b.stream.close();
    expect(a.told()).toEqual([part(600)]);
    expect(observed).toEqual({ streams: 1, buckets: 1 });
  });

  test('parts follow demand on the next tick, and small changes move nothing', () => {
    const { open, clock, quotas } = setUp();
    const [a, b] = [open('a'), open('b')];
    for (const proxy of [a, b]) proxy.use(1);
    clock.advance(5_000);
    a.use(300);
    b.use(100);
    [a, b].map((proxy) => proxy.told());
    quotas.tick();
    expect([a.told(), b.told()]).toEqual([[part(447)], [part(153)]]);
    clock.advance(5_000);
    a.use(303);
    b.use(100);
    quotas.tick();
    expect([a.told(), b.told()]).toEqual([[], []]);
  });

  test('assignments are renewed at half of their time, with the same words', () => {
    const { open, clock, quotas } = setUp();
    const a = open('a');
    a.use(1);
    const first = a.told();
    clock.advance(14_000);
    quotas.tick();
    expect(a.told()).toEqual([]);
    clock.advance(1_000);
    quotas.tick();
    expect(a.told()).toEqual(first);
  });

  test('assignments hold 30 s, and an hour where they are to outlive the limiter', () => {
    const seen: number[] = [];
    const { quotas, setRule } = setUp();
    const stream = quotas.open('a', (actions) => {
      seen.push(...actions.map(({ ttlSeconds }) => ttlSeconds));
      return true;
    });
    stream?.report('paymesh', [{ id: ID, hits: 1 }]);
    setRule({ ...RULE, requests: 10, outlivesLimiter: true });
    expect(seen).toEqual([30, 3_600]);
  });

  test('a change of the rules is told at once, to those whom it concerns', () => {
    const { open, setRule } = setUp();
    const a = open('a');
    a.use(1);
    a.told();
    setRule(RULE);
    expect(a.told()).toEqual([]);
    setRule({ ...RULE, requests: 10 });
    expect(a.told()).toEqual([part(10)]);
    setRule({ ...RULE, requests: 0 });
    expect(a.told()).toEqual([{ kind: 'deny' }]);
    setRule({ ...RULE, isShadow: true });
    expect(a.told()).toEqual([{ kind: 'allow' }]);
    setRule(undefined);
    expect(a.told()).toEqual([]);
  });

  test('a bucket that is silent is abandoned, and another report subscribes again', () => {
    const { open, clock, quotas, observed } = setUp();
    const a = open('a');
    a.use(1);
    a.told();
    for (let seconds = 0; seconds <= 300; seconds += 5) {
      clock.advance(5_000);
      a.use(0);
    }
    a.told();
    quotas.tick();
    expect(a.told()).toEqual([{ kind: 'abandon' }]);
    expect(observed.buckets).toBe(0);
    a.use(1);
    expect(a.told()).toEqual([part(600)]);
  });

  test.each<[string, Record<string, string>]>([
    ['without pairs', {}],
    ['with an empty value', { policy: '' }],
    ['that is too long', { policy: 'x'.repeat(QUOTA_LIMITS.idCharacters) }],
    ['of too many pairs', Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v']))],
  ])('a bucket id %s is abandoned', (_name, id) => {
    const { open, observed } = setUp();
    const a = open('a');
    a.use(1, id);
    expect(a.told()).toEqual([{ kind: 'abandon' }]);
    expect(observed.buckets).toBe(0);
  });

  test('tells how many proxies keep a limit, whatever the form of their ids and the order of entries', () => {
    const { open, quotas } = setUp();
    open('pairs').use(1, { ...ID, principal: 'm' });
    open('short').use(1, { 'policy|limit': 'pay/limits|all', principal: 'm' });
    open('other').use(1, { 'policy|limit': 'pay/limits|all', principal: 'n' });
    const entries = [
      { key: 'policy', value: 'pay/limits' },
      { key: 'limit', value: 'all' },
      { key: 'principal', value: 'm' },
    ];
    expect(quotas.holders('paymesh', entries)).toBe(2);
    expect(quotas.holders('paymesh', entries.toReversed())).toBe(2);
    expect(quotas.holders('paymesh', entries.slice(0, 2))).toBe(0);
    expect(quotas.holders('shop', entries)).toBe(0);
  });

  test('a flood of new ids stops at its bound; known buckets go on', () => {
    const { open, observed } = setUp();
    const a = open('a');
    a.use(1);
    for (let index = 0; index < QUOTA_LIMITS.bucketsPerStream + 10; index += 1)
      a.use(1, { user: `u${index}` });
    expect(a.told().filter(({ kind }) => kind === 'abandon')).toHaveLength(11);
    expect(observed.buckets).toBe(QUOTA_LIMITS.bucketsPerStream);
    a.use(5);
    expect(a.told()).toEqual([]);
  });

  test('streams are bounded', () => {
    const { quotas } = setUp();
    const opened = Array.from({ length: QUOTA_LIMITS.streams + 1 }, () => quotas.open('p', () => true));
    expect(opened.filter((one) => one === undefined)).toHaveLength(1);
  });

  test('who does not read is told the last word once there is room', () => {
    const { quotas, clock } = setUp();
    const told: QuotaAction['what'][] = [];
    const stream = quotas.open('a', (actions) => {
      told.push(...actions.map(({ what }) => what));
      return false;
    });
    stream?.report('paymesh', [{ id: ID, hits: 1 }]);
    for (let round = 0; round < 10; round += 1) {
      clock.advance(15_000);
      quotas.tick();
    }
    expect(told).toHaveLength(1);
    stream?.resume();
    expect(told).toHaveLength(2);
  });

  test.each([
    ['no domain', ['']],
    ['two domains', ['a', 'b']],
  ])('a stream with %s is invalid', (_name, domains) => {
    const stream = setUp().quotas.open('p', () => true);
    const results = domains.map((domain) => stream?.report(domain, []));
    expect(results.at(-1)).toMatchObject({ kind: 'invalid' });
  });
});
