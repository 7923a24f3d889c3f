import { eventually } from '@paymesh/common/testing';

import { chargeRequest, editPolicy } from '../../harness/index.ts';
import { TRIAL_PATH } from '../rehearsal-policies.ts';
import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

/** More notifications than may wait (WebhookBacklog). */
const CHARGES = 120;
const ALERTS = ['ReplayStoreDown', 'LimiterStoreDown', 'WebhookBacklog'];
const COUNTED = [
  'paymesh_replay_store_duration_seconds_count{job="ext-authz-redis"} > 0',
  'paymesh_ratelimit_store_duration_seconds_count{job="rate-limiter-redis"} > 0',
];

/**
 * The mesh goes over to replicas that share a Redis, which then hangs: nonces cannot be claimed, counters fall back,
 * and providers are told to come again.
 */
export const storeDown: Rehearsal = {
  name: 'store-down',
  run: async ({ mesh, prometheus, replicas: { redis, at } }) => {
    // Without nonces what must be signed never comes as far as the limiter; the route on trial does.
    const call = async (): Promise<void> => {
      await mesh.merchant('merchant-vip-2026').pay();
      await (await fetch(mesh.edge + TRIAL_PATH)).arrayBuffer();
    };
    const goOver = (owner: string, listen: string): (() => void) => {
      const endpoints = new RegExp(`(${owner}:\\s*\\{\\s*endpoints:\\s*\\[)[^\\]]*`);
      const edit = editPolicy(mesh.policies, 'mesh/defaults.yaml', endpoints, `$1${listen}`);
      return () => edit.undo();
    };
    const undo: (() => void)[] = [];
    try {
      undo.unshift(goOver('extAuthz', at['ext-authz'].listen));
      undo.unshift(goOver('rateLimiter', at['rate-limiter'].listen));
      await eventually(
        async () => {
          await call();
          for (const expr of COUNTED) await prometheus.expect(expr);
        },
        { timeoutMs: SEEN_WITHIN_MS },
      );
      redis.process.kill('SIGSTOP');
      await Promise.all(Array.from({ length: CHARGES }, () => mesh.callFrom('payments-1', chargeRequest())));
      await eventually(
        async () => {
          await call();
          for (const alert of ALERTS) await prometheus.expectFiring(alert);
        },
        { timeoutMs: SEEN_WITHIN_MS },
      );
    } finally {
      redis.process.kill('SIGCONT');
      for (const back of undo) back();
    }
  },
};
