import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

describe('CircuitBreakerPolicy', () => {
  test.each([
    [
      'limits only',
      lines('targetRefs: [{kind: Service, name: s}]', 'limits: {requests: 400}'),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Service', name: 's' }],
        mode: 'Enforce',
        priority: 0,
        limits: { requests: 400 },
      },
    ],
    [
      'ejection with the defaults',
      lines('targetRefs: [{kind: Service, name: s}]', 'eject: {}'),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Service', name: 's' }],
        mode: 'Enforce',
        priority: 0,
        eject: { consecutive5xx: 5, intervalMs: 10000, forMs: 30000, maxPercent: 50 },
      },
    ],
    [
      'everything',
      lines(
        'targetRefs: [{kind: Service, name: s}]',
        'limits: {connections: 200, pending: 50, requests: 400, retries: 10}',
        'eject: {consecutive5xx: 3, failurePercent: {over: 50, minRequests: 10}, interval: 1s, for: 5s, maxPercent: 34}',
      ),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Service', name: 's' }],
        mode: 'Enforce',
        priority: 0,
        limits: { connections: 200, pending: 50, requests: 400, retries: 10 },
        eject: {
          consecutive5xx: 3,
          failurePercent: { over: 50, minRequests: 10 },
          intervalMs: 1000,
          forMs: 5000,
          maxPercent: 34,
        },
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('CircuitBreakerPolicy', spec)).toEqual(expected);
  });

  test.each([
    [
      'a route as target',
      lines('targetRefs: [{kind: Route, name: r}]', 'limits: {requests: 1}'),
      ['p.yaml:5:23 PM2104 spec.targetRefs[0].kind: expected "Service"; got "Route"'],
    ],
    [
      'neither limits nor ejection',
      lines('targetRefs: [{kind: Service, name: s}]'),
      ['p.yaml:5:3 PM1204 spec: expected at least one of the keys limits, eject; got none of them'],
    ],
    [
      'limits of nothing',
      lines('targetRefs: [{kind: Service, name: s}]', 'limits: {}'),
      [
        'p.yaml:6:11 PM1204 spec.limits: expected at least one of the keys connections, pending, requests, retries; got none of them',
      ],
    ],
    [
      'a limit of zero',
      lines('targetRefs: [{kind: Service, name: s}]', 'limits: {requests: 0}'),
      ['p.yaml:6:22 PM2102 spec.limits.requests: expected a whole number from 1 to 1000000; got 0'],
    ],
    [
      'a percentage above 100',
      lines('targetRefs: [{kind: Service, name: s}]', 'eject: {maxPercent: 150}'),
      ['p.yaml:6:23 PM2102 spec.eject.maxPercent: expected a number from 1 to 100 percent; got 150'],
    ],
    [
      'a failure share without its bound',
      lines('targetRefs: [{kind: Service, name: s}]', 'eject: {failurePercent: {minRequests: 5}}'),
      [
        'p.yaml:6:27 PM1203 spec.eject.failurePercent: expected the key "over": a number from 1 to 100 percent; got no such key',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('CircuitBreakerPolicy', spec)).toEqual(expected);
  });
});
