import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

const STATUSES =
  '400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 426, 428, 429, 431, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511';

describe('RateLimitPolicy', () => {
  test.each([
    [
      'the defaults',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 100/s}]',
        'onStoreDown: {fallback: Closed}',
      ),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        limits: [
          {
            name: 'all',
            per: [],
            measure: { algorithm: 'Fixed', rate: { requests: 100, unit: 'second', every: 1 } },
            consume: 'Always',
            overrides: [],
          },
        ],
        onLimited: { status: 429, retryAfter: true, headers: 'draft' },
        onStoreDown: { fallback: 'Closed', factor: 1 },
      },
    ],
    [
      'everything',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits:',
        '  - {name: burst, per: [principal, header(X-Shop), remoteAddress], rate: 5/week, enforce: proxy, scope: Global, overrides: [{value: m-vip, rate: 2000/d}]}',
        'guard: {rate: 1000/s, burst: 2000}',
        'onLimited: {status: 503, retryAfter: false, headers: none}',
        'onStoreDown: {fallback: Local, factor: 0.5}',
      ),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        limits: [
          {
            name: 'burst',
            per: [{ kind: 'principal' }, { kind: 'header', name: 'x-shop' }, { kind: 'remoteAddress' }],
            measure: { algorithm: 'Fixed', rate: { requests: 5, unit: 'week', every: 1 } },
            consume: 'Always',
            enforce: 'proxy',
            overrides: [
              {
                value: 'm-vip',
                measure: { algorithm: 'Fixed', rate: { requests: 2000, unit: 'day', every: 1 } },
              },
            ],
          },
        ],
        guard: { rate: { requests: 1000, unit: 'second', every: 1 }, burst: 2000 },
        onLimited: { status: 503, retryAfter: false, headers: 'none' },
        onStoreDown: { fallback: 'Local', factor: 0.5 },
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('RateLimitPolicy', spec)).toEqual(expected);
  });

  test.each([
    [
      'no fallback stated',
      lines('targetRefs: [{kind: Route, name: r}]', 'limits: [{name: all, rate: 100/s}]'),
      [
        'p.yaml:5:3 PM1203 spec: expected the key "onStoreDown": what holds while counts cannot be had, such as {fallback: Local, factor: 0.5}; got no such key',
      ],
    ],
    [
      'a rate without a unit',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 100}]',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:30 PM2106 spec.limits[0].rate: expected a rate such as 100/s, 20/m, 100/10m, 50000/d or 10/week, of at most 4294967295 requests in at most a year; got 100 (give it a unit: 100/s or 100/m)',
      ],
    ],
    [
      'a rate in a unit that does not exist',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 100/fortnight}]',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:30 PM2106 spec.limits[0].rate: expected a rate such as 100/s, 20/m, 100/10m, 50000/d or 10/week, of at most 4294967295 requests in at most a year; got "100/fortnight"',
      ],
    ],
    [
      'a rate beyond 32 bits',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 4294967296/s}]',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:30 PM2106 spec.limits[0].rate: expected a rate such as 100/s, 20/m, 100/10m, 50000/d or 10/week, of at most 4294967295 requests in at most a year; got "4294967296/s"',
      ],
    ],
    [
      'a selector that does not exist',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, per: [principle], rate: 1/s}]',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:30 PM2110 spec.limits[0].per[0]: expected header(NAME), principal or remoteAddress; got "principle" (did you mean "principal"?)',
      ],
    ],
    [
      'a limit name twice',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 1/s}, {name: all, rate: 2/s}]',
        'onStoreDown: {fallback: Open}',
      ),
      ['p.yaml:6:36 PM3011 spec.limits[1]: expected each item once; spec.limits[0] is the same; got "all"'],
    ],
    [
      'a value with two overrides',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, per: [principal], rate: 1/s, overrides: [{value: a, rate: 2/s}, {value: a, rate: 3/s}]}]',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:88 PM2204 spec.limits[0].overrides[1]: expected each item once; spec.limits[0].overrides[0] is the same; got "a"',
      ],
    ],
    [
      'a factor above one',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 1/s}]',
        'onStoreDown: {fallback: Local, factor: 2}',
      ),
      ['p.yaml:7:42 PM2102 spec.onStoreDown.factor: expected a number from 0.01 to 1; got 2'],
    ],
    [
      'overrides for values of nothing',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 1/s, overrides: [{value: a, rate: 2/s}]}]',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:12 PM1203 spec.limits[0].per: expected the key "per": overrides are for values of its first selector; got no selector',
      ],
    ],
    [
      'a guard that closes the route, and one who keeps no limits',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 1/s, enforce: client}]',
        'guard: {rate: 0/s}',
        'onStoreDown: {fallback: Open}',
      ),
      [
        'p.yaml:6:44 PM2104 spec.limits[0].enforce: expected one of service, proxy; got "client"',
        'p.yaml:7:17 PM2102 spec.guard.rate: expected a rate of at least 1 request: a guard that lets nothing pass would close the route; got 0',
      ],
    ],
    [
      'a status that is no refusal',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 1/s}]',
        'onLimited: {status: 200}',
        'onStoreDown: {fallback: Open}',
      ),
      [`p.yaml:7:23 PM2102 spec.onLimited.status: expected one of ${STATUSES}; got 200`],
    ],
    [
      'a status that Envoy does not know',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'limits: [{name: all, rate: 1/s}]',
        'onLimited: {status: 420}',
        'onStoreDown: {fallback: Open}',
      ),
      [`p.yaml:7:23 PM2102 spec.onLimited.status: expected one of ${STATUSES}; got 420`],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('RateLimitPolicy', spec)).toEqual(expected);
  });
});
