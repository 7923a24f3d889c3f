import { expect, test } from '@jest/globals';

import { fixture } from '../testing/index.ts';
import { compileGuard } from './guard.ts';

const policy = (
  id: string,
  requests: number,
  unit: 'second' | 'minute',
  mode: 'Enforce' | 'Shadow' = 'Enforce',
) =>
  fixture({
    kind: 'RateLimitPolicy',
    id,
    spec: {
      mode,
      priority: 0,
      targetRefs: [],
      limits: [],
      guard: { rate: { requests, unit, every: 1 } },
      onLimited: { status: 429, retryAfter: true, headers: 'draft' },
      onStoreDown: { fallback: 'Open', factor: 1 },
    },
    typed: ['spec.guard'],
  });

test('of several guards the slowest that is enforced holds', () => {
  const guards = [
    policy('pay/fast', 10, 'second'),
    policy('pay/slow', 60, 'minute'),
    policy('pay/tried', 1, 'minute', 'Shadow'),
  ];
  expect(compileGuard(guards)).toEqual({
    guard: { policy: 'pay/slow', isShadow: false, requests: 60, perSeconds: 60, burst: 60 },
    from: 'pay/slow.yaml:2:1',
  });
  expect(compileGuard([])).toBeUndefined();
});
