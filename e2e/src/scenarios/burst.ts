import { setTimeout as pause } from 'node:timers/promises';

import { createExpectations, paymentOf, runLoad, type Scenario, statusCounts } from '../harness/index.ts';

/** The limit of merchant-b in policies/security/limits.yaml, a second. */
const LIMIT_PER_SECOND = 20;
/** Whole windows of the limit. */
const WINDOWS = 5;
const TIMES_OVER = 10;
/** Start so long after a window opens, and end so long before one closes, in milliseconds. */
const MARGIN_MS = 60;

/** One merchant floods; the limit holds for it alone. */
export const burst: Scenario = {
  name: 'burst',
  summary: 'a merchant at ten times its limit gets 429 above it, within 1 %; others notice nothing',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const flooding = mesh.merchant('merchant-b-2026');
    const calm = mesh.merchant('merchant-a-2026');
    const floodPath = await paymentOf(flooding);
    const calmPath = await paymentOf(calm);
    await pause(1_000 - (Date.now() % 1_000) + MARGIN_MS);
    const seconds = WINDOWS - (2 * MARGIN_MS) / 1_000;
    const [flood, others] = await Promise.all([
      runLoad({ perSecond: LIMIT_PER_SECOND * TIMES_OVER, seconds, send: () => flooding.get(floodPath) }),
      runLoad({ perSecond: LIMIT_PER_SECOND, seconds, send: () => calm.get(calmPath) }),
    ]);
    const limited = flood.filter(({ answer }) => answer.status === 429);
    const admitted = flood.length - limited.length;
    const allowed = LIMIT_PER_SECOND * WINDOWS;
    measure('sent', flood.length);
    measure('admitted', admitted);
    measure('allowed', allowed);
    measure('errorPercent', (100 * Math.abs(admitted - allowed)) / allowed);
    measure('others', statusCounts(others));
    expect(
      Math.abs(admitted - allowed) <= allowed / 100,
      `${admitted} were admitted where ${allowed} are allowed`,
    );
    expect(
      limited.every(({ answer }) => Number(answer.headers['retry-after']) >= 1),
      'a 429 has no Retry-After',
    );
    expect(
      others.every(({ answer }) => answer.status === 200),
      `other merchants got ${statusCounts(others)}`,
    );
    return verdict();
  },
};
