import { expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';
import * as fc from 'fast-check';

import type { Assignment } from './assignment.ts';
import { createQuotas } from './quotas.ts';

const ID = { policy: 'pay/limits', limit: 'all' };
const STEP_MS = 50;
const REPORT_STEPS = 100;
const WARM_UP_STEPS = 400;
const MINUTE_STEPS = 1_200;

/** A proxy as Envoy 1.40 is: fills all the time, keeps the fill ratio on a change, tells every 5 s. */
function createProxy(offered: number) {
  let told: Assignment = { kind: 'allow' };
  let tokens = 0;
  let owed = 0;
  let unreported = 0;
  return {
    obey: (next: Assignment): void => {
      if (next.kind === 'bucket') {
        tokens = told.kind === 'bucket' ? (tokens / told.maxTokens) * next.maxTokens : next.maxTokens;
      }
      told = next;
    },
    /** Gives how many requests of one step pass. */
    step: (): number => {
      owed += (offered * STEP_MS) / 1_000;
      const asked = Math.floor(owed);
      owed -= asked;
      unreported += asked;
      if (told.kind !== 'bucket') return told.kind === 'allow' ? asked : 0;
      const filled = (told.tokensPerFill * STEP_MS) / (told.fillSeconds * 1_000);
      tokens = Math.min(told.maxTokens, tokens + filled);
      const passed = Math.min(asked, Math.floor(tokens));
      tokens -= passed;
      return passed;
    },
    report: (): number => {
      const hits = unreported;
      unreported = 0;
      return hits;
    },
  };
}

/** Requests that pass in the minute after the warm-up. */
function passedInMinute(requests: number, periodMs: number, offered: readonly number[]): number {
  const clock = createFakeClock();
  const quotas = createQuotas({
    find: () => ({ label: 'l', requests, periodMs, isShadow: false, outlivesLimiter: false }),
    clock,
    observer: { sized: () => {}, told: () => {} },
  });
  const proxies = offered.map((perSecond, index) => {
    const proxy = createProxy(perSecond);
    const stream = quotas.open(`p${index}`, (actions) => {
      for (const { what } of actions) if (what.kind !== 'abandon') proxy.obey(what);
      return true;
    });
    stream?.report('paymesh', [{ id: ID, hits: 1 }]);
    return { ...proxy, tell: () => stream?.report('paymesh', [{ id: ID, hits: proxy.report() }]) };
  });
  let passed = 0;
  for (let step = 1; step <= WARM_UP_STEPS + MINUTE_STEPS; step += 1) {
    clock.advance(STEP_MS);
    const now = proxies.reduce((sum, proxy) => sum + proxy.step(), 0);
    if (step > WARM_UP_STEPS) passed += now;
    if (step % REPORT_STEPS === 0) for (const proxy of proxies) proxy.tell();
    if (step % (1_000 / STEP_MS) === 0) quotas.tick();
  }
  return passed;
}

test('three proxies with uneven load admit the limit of a minute, within 5 %', () => {
  const part = fc.double({ min: 0.02, max: 1, noNaN: true });
  const limits = fc.constantFrom<readonly [number, number]>(
    [600, 60_000],
    [6_000, 60_000],
    [20, 1_000],
    [200, 1_000],
  );
  fc.assert(
    fc.property(
      limits,
      part,
      part,
      part,
      fc.double({ min: 1.5, max: 6, noNaN: true }),
      ([requests, periodMs], a, b, c, load) => {
        const perSecond = (requests * 1_000) / periodMs;
        const offered = [a, b, c].map((one) => (one / (a + b + c)) * load * perSecond);
        const passed = passedInMinute(requests, periodMs, offered);
        const limit = perSecond * 60;
        expect(passed).toBeLessThanOrEqual(limit * 1.05);
        expect(passed).toBeGreaterThanOrEqual(limit * 0.95);
      },
    ),
    { numRuns: 60 },
  );
});

test('a limit smaller than the number of proxies is not exceeded', () => {
  expect(passedInMinute(2, 60_000, [5, 1, 3])).toBeLessThanOrEqual(4);
  expect(passedInMinute(3, 60_000, [5, 1, 3])).toBeLessThanOrEqual(3);
});
