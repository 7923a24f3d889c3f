import { describe, expect, test } from '@jest/globals';
import type { TapEntry } from '@paymesh/common/tap';
import { createFakeClock } from '@paymesh/common/testing';

import type { DecidedLimit } from './limiter/index.ts';
import { tapped } from './tapped.ts';

const POLICIES = `
apiVersion: paymesh.dev/v1
kind: Service
metadata: { name: payments, namespace: pay }
spec: { protocol: http }
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: { name: charge, namespace: pay }
spec: { service: payments, match: [{ method: POST, path: { exact: /v1/payments } }] }
---
apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: { name: limits, namespace: pay }
spec:
  targetRefs: [{ kind: Route, name: charge }]
  limits: [{ name: burst, rate: 5/m, per: [principal] }]
  onStoreDown: { fallback: Local, factor: 0.5 }
`;

function start(isWatched = true) {
  const told: TapEntry[] = [];
  const counted: DecidedLimit[] = [];
  const observer = tapped({
    observer: {
      decided: (one) => counted.push(one),
      unmatched: () => undefined,
      fellBack: () => undefined,
    },
    tap: { isWatched: () => isWatched, publish: (entry) => told.push(entry), serve: () => undefined },
    rules: { files: () => [{ path: 'all.yaml', text: POLICIES }] },
    clock: createFakeClock(0),
  });
  return { observer, told, counted };
}

function limit(more: Partial<DecidedLimit> = {}): DecidedLimit {
  const rule = { label: 'pay/limits/burst' } as DecidedLimit['rule'];
  return { domain: 'paymesh', rule, entries: [], key: 'k', hits: 1, outcome: 'within', share: 0.2, ...more };
}

describe('tapped', () => {
  test('tells who watches of a limit and of the service behind its policy', () => {
    const { observer, told } = start();
    observer.decided(limit({ outcome: 'over', share: 1 }), 0);
    expect(told[0]).toMatchObject({ isDenied: true, services: ['pay/payments'] });
    expect(JSON.parse(told[0]?.line() ?? '')).toMatchObject({
      decision: 'over',
      limit: 'pay/limits/burst',
      used: 1,
    });
  });

  test('masks what clients sent', () => {
    const { observer, told } = start();
    observer.decided(limit({ entries: [{ key: 'card', value: '4111111111111111' }] }), 0);
    expect(told[0]?.line()).not.toContain('4111111111111111');
  });

  test('of a rule that no policy made the service is not known', () => {
    const { observer, told } = start();
    observer.decided(limit({ rule: { label: 'key=value' } as DecidedLimit['rule'] }), 0);
    expect(told[0]?.services).toEqual([]);
  });

  test('makes nothing while nobody watches, and counts all the same', () => {
    const { observer, told, counted } = start(false);
    observer.decided(limit(), 0);
    expect([told.length, counted.length]).toEqual([0, 1]);
  });
});
