import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

const policy = (limit: string): unknown =>
  parseSpec(
    'RateLimitPolicy',
    lines(
      'targetRefs: [{kind: Route, name: r}]',
      `limits: [{name: a, ${limit}}]`,
      'onStoreDown: {fallback: Open}',
    ),
  );

/** The one limit of a policy, or its findings. */
function limitOf(text: string): unknown {
  const read = policy(text);
  return typeof read === 'object' && read !== null && 'limits' in read ? (read.limits as unknown[])[0] : read;
}

const perMinute = { requests: 9, unit: 'minute', every: 1 };

describe('how a limit measures', () => {
  test.each([
    ['rate: 9/m', { algorithm: 'Fixed', rate: perMinute }],
    ['rate: 9/10m, algorithm: Fixed', { algorithm: 'Fixed', rate: { ...perMinute, every: 10 } }],
    ['rate: 9/m, algorithm: Sliding', { algorithm: 'Sliding', rate: perMinute }],
    ['rate: 9/m, algorithm: TokenBucket', { algorithm: 'TokenBucket', rate: perMinute, burst: 9 }],
    [
      'rate: 9/m, algorithm: TokenBucket, burst: 20',
      { algorithm: 'TokenBucket', rate: perMinute, burst: 20 },
    ],
    [
      'rate: 9/d, algorithm: Calendar, timeZone: Asia/Shanghai',
      { algorithm: 'Calendar', rate: { ...perMinute, unit: 'day' }, timeZone: 'Asia/Shanghai' },
    ],
    ['concurrency: {max: 8, hold: 30s}', { algorithm: 'Concurrency', max: 8, holdMs: 30_000 }],
  ])('%s', (typed, measure) => {
    expect(limitOf(typed)).toMatchObject({ measure });
  });

  test.each([
    [
      'per: []',
      'p.yaml:6:12 PM1204 spec.limits[0]: expected exactly one of the keys rate, concurrency; got none of them',
    ],
    [
      'rate: 1/s, concurrency: {max: 1, hold: 1s}',
      'p.yaml:6:12 PM1204 spec.limits[0]: expected exactly one of the keys rate, concurrency; got both',
    ],
    [
      'rate: 1/s, burst: 5',
      'p.yaml:6:40 PM1202 spec.limits[0].burst: expected "burst" only with algorithm: TokenBucket; got "burst"',
    ],
    [
      'rate: 1/s, timeZone: UTC',
      'p.yaml:6:43 PM1202 spec.limits[0].timeZone: expected "timeZone" only with algorithm: Calendar; got "timeZone"',
    ],
    [
      'concurrency: {max: 1, hold: 1s}, burst: 5',
      'p.yaml:6:62 PM1202 spec.limits[0].burst: expected "burst" only beside a rate; got "burst"',
    ],
    [
      'rate: 1/d, algorithm: Calendar',
      'p.yaml:6:12 PM1203 spec.limits[0].timeZone: expected the key "timeZone": whose days and months, such as Asia/Shanghai; got no such key',
    ],
    [
      'rate: 1/d, algorithm: Calendar, timeZone: Asia/Shanghia',
      'p.yaml:6:64 PM2114 spec.limits[0].timeZone: expected a time zone of the IANA database, such as Asia/Shanghai or UTC; got "Asia/Shanghia" (did you mean "Asia/Shanghai"?)',
    ],
    [
      'rate: 1/d, algorithm: Calendar, timeZone: "+08:00"',
      'p.yaml:6:64 PM2114 spec.limits[0].timeZone: expected a time zone of the IANA database, such as Asia/Shanghai or UTC; got "+08:00"',
    ],
    [
      'rate: 1/h, algorithm: Calendar, timeZone: UTC',
      'p.yaml:6:28 PM2106 spec.limits[0].rate: expected a rate of one day, week, month or year: a calendar knows no others; got one of 1 times a hour',
    ],
    [
      'rate: 9/year, algorithm: TokenBucket, burst: 100000',
      'p.yaml:6:67 PM2102 spec.limits[0].burst: expected a burst of at most 71404 with a rate of so long a time; got 100000 (algorithm: Sliding has no such bound)',
    ],
    [
      'rate: 1/s, algorithm: Slding',
      'p.yaml:6:44 PM2104 spec.limits[0].algorithm: expected one of Fixed, Sliding, TokenBucket, Calendar; got "Slding" (did you mean "Sliding"?)',
    ],
    [
      'rate: 1/s, enforce: proxy, refund: {statuses: [500]}',
      'p.yaml:6:42 PM2104 spec.limits[0].enforce: expected service: proxies keep rates, of algorithm Fixed or TokenBucket, without concurrency, cost, refund or consume: Admitted; got "proxy"',
    ],
    [
      'concurrency: {max: 1, hold: 1s}, consume: Always',
      'p.yaml:6:64 PM2104 spec.limits[0].consume: expected Admitted beside concurrency: a denied request is not under way; got "Always"',
    ],
    [
      'concurrency: {max: 1, hold: 1s}, refund: {statuses: [500]}',
      'p.yaml:6:63 PM1202 spec.limits[0].refund: expected no refund beside concurrency: a request gives back what it holds when it ends; got "refund"',
    ],
  ])('refuses %s', (typed, finding) => {
    expect(policy(typed)).toEqual([finding]);
  });
});

describe('overrides', () => {
  test.each([
    [
      'rate: 9/m, algorithm: TokenBucket, burst: 3, per: [principal], overrides: [{value: v, rate: 50/m}]',
      { algorithm: 'TokenBucket', rate: { ...perMinute, requests: 50 }, burst: 3 },
    ],
    [
      'rate: 9/m, algorithm: TokenBucket, per: [principal], overrides: [{value: v, rate: 50/m}]',
      { algorithm: 'TokenBucket', rate: { ...perMinute, requests: 50 }, burst: 50 },
    ],
    [
      'concurrency: {max: 1, hold: 1s}, per: [principal], overrides: [{value: v, max: 7}]',
      { algorithm: 'Concurrency', max: 7, holdMs: 1_000 },
    ],
  ])('%s', (typed, measure) => {
    expect(limitOf(typed)).toMatchObject({ overrides: [{ value: 'v', measure }] });
  });

  test.each([
    [
      'concurrency: {max: 1, hold: 1s}, per: [principal], overrides: [{value: v, rate: 1/s}]',
      'p.yaml:6:85 PM1203 spec.limits[0].overrides[0].max: expected the key "max" and no other amount, for its limit is one of Concurrency; got another',
    ],
    [
      'rate: 1/s, per: [principal], overrides: [{value: v}]',
      'p.yaml:6:63 PM1203 spec.limits[0].overrides[0].rate: expected the key "rate" and no other amount, for its limit is one of Fixed; got no such key',
    ],
    [
      'rate: 1/s, per: [principal], overrides: [{value: v, rate: 2/s, burst: 5}]',
      'p.yaml:6:92 PM1202 spec.limits[0].overrides[0].burst: expected "burst" only with algorithm: TokenBucket; got "burst"',
    ],
  ])('refuses %s', (typed, finding) => {
    expect(policy(typed)).toEqual([finding]);
  });
});

describe('what a request counts', () => {
  test.each([
    ['rate: 1/s', { consume: 'Always' }],
    ['rate: 1/s, consume: Admitted', { consume: 'Admitted' }],
    ['concurrency: {max: 1, hold: 1s}', { consume: 'Admitted' }],
    [
      'rate: 1/s, cost: {from: body(/amount/value), max: 5000}',
      { consume: 'Admitted', cost: { from: { kind: 'body', path: ['amount', 'value'] }, max: 5_000 } },
    ],
    [
      'rate: 1/s, consume: Always, cost: {from: header(X-Amount), max: 5000}',
      { consume: 'Always', cost: { from: { kind: 'header', name: 'x-amount' }, max: 5_000 } },
    ],
    ['rate: 1/s, refund: {from: header(X-Refund)}', { refund: { kind: 'header', name: 'x-refund' } }],
    ['rate: 1/s, refund: {statuses: [503, 500]}', { refund: { kind: 'statuses', statuses: [500, 503] } }],
  ])('%s', (typed, expected) => {
    expect(limitOf(typed)).toMatchObject(expected);
  });

  test.each([
    [
      'rate: 1/s, cost: {from: body(amount), max: 1}',
      'p.yaml:6:46 PM2110 spec.limits[0].cost.from: expected body(/PATH) with the way to a member of the JSON body, such as body(/amount/value), or header(NAME); got "body(amount)"',
    ],
    [
      'rate: 1/s, cost: {from: header(X-Amount), max: 2000000000}',
      'p.yaml:6:69 PM2102 spec.limits[0].cost.max: expected a whole number from 1 to 1000000000; got 2000000000',
    ],
    [
      'rate: 1/s, cost: {from: header(X-Amount)}',
      'p.yaml:6:39 PM1203 spec.limits[0].cost: expected the key "max": the largest amount that is taken, in the smallest unit, up to 1000000000; a larger one is refused; got no such key',
    ],
  ])('refuses %s', (typed, finding) => {
    expect(policy(typed)).toEqual([finding]);
  });
});
