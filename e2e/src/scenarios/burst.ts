import { setTimeout as pause } from 'node:timers/promises';

import {
  type Answer,
  createExpectations,
  paymentOf,
  percentile,
  runLoad,
  type Scenario,
  type Sent,
  statusCounts,
} from '../harness/index.ts';

/** The limit of merchant-b in policies/security/limits.yaml, a second. */
const LIMIT_PER_SECOND = 20;
/** Whole windows of the limit. */
const WINDOWS = 5;
const TIMES_OVER = 10;
/**
 * Start so long after a window opens, and end so long before one closes, in milliseconds: what is sent late or
 * arrives late must not fall into a window more. Even the shortest window gets seven times its limit.
 */
const MARGIN_MS = 300;
/** Half the answers of others may come later by so much, since all share one machine. A queue would grow to far more. */
const NOTICED_MS = 25;

/** One merchant floods; the limit holds for it alone. */
export const burst: Scenario = {
  name: 'burst',
  summary: 'a merchant at ten times its limit gets 429 above it, within 1 %; others notice nothing',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const flooding = mesh.merchant('merchant-b-2026');
    // An earlier flood may have used up the window that is open now.
    await nextWindow();
    const floodPath = await paymentOf(flooding);
    const calm: readonly (() => Promise<Answer>)[] = await Promise.all(
      ['merchant-a-2026', 'merchant-vip-2026'].map(async (key) => {
        const merchant = mesh.merchant(key);
        const path = await paymentOf(merchant);
        return () => merchant.get(path);
      }),
    );
    const sendCalm = (seconds: number): Promise<readonly Sent[]> =>
      runLoad({
        perSecond: LIMIT_PER_SECOND * calm.length,
        seconds,
        send: (index) => calm[index % calm.length]?.() ?? Promise.reject(new Error('nobody is calm')),
      });
    // Beside as many requests that are within a limit: a busy machine is slow for both, and the flood must cost no more.
    const lawful = mesh.merchant('merchant-vip-2026');
    const lawfulPath = await paymentOf(lawful);
    const [besideLawful] = await Promise.all([
      sendCalm(2),
      runLoad({ perSecond: LIMIT_PER_SECOND * TIMES_OVER, seconds: 2, send: () => lawful.get(lawfulPath) }),
    ]);
    const usual = percentile(besideLawful, 0.5);
    const unanswered = (): Promise<number> =>
      mesh.observe.envoyStat('edge', 'cluster.pay/payments.ratelimit.failure_mode_allowed');
    const unansweredBefore = await unanswered();
    await nextWindow();
    const seconds = WINDOWS - (2 * MARGIN_MS) / 1_000;
    const [flood, others] = await Promise.all([
      runLoad({ perSecond: LIMIT_PER_SECOND * TIMES_OVER, seconds, send: () => flooding.get(floodPath) }),
      sendCalm(seconds),
    ]);
    const limited = flood.filter(({ answer }) => answer.status === 429);
    const admitted = flood.length - limited.length;
    const allowed = LIMIT_PER_SECOND * WINDOWS;
    measure('sent', flood.length);
    measure('admitted', admitted);
    measure('allowed', allowed);
    // The policy lets these pass: on a machine too busy for the limiter to answer in time, they explain the rest.
    measure('passedUncounted', (await unanswered()) - unansweredBefore);
    measure('errorPercent', (100 * Math.abs(admitted - allowed)) / allowed);
    measure('others', statusCounts(others));
    const crowded = percentile(others, 0.5);
    measure('othersBesideLawfulP50Ms', usual);
    measure('othersP50Ms', crowded);
    expect(
      crowded <= usual + NOTICED_MS,
      `others waited ${crowded.toFixed(0)} ms, beside as many lawful requests ${usual.toFixed(0)} ms`,
    );
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

function nextWindow(): Promise<unknown> {
  return pause(1_000 - (Date.now() % 1_000) + MARGIN_MS);
}
