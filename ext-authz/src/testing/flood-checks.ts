import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { createFakeClock, NUMBER, printFlood } from '@paymesh/common/testing';

import { createAuthzService } from '../service.ts';
import {
  type CheckSpec,
  checkBytes,
  NOW_MS,
  NOW_S,
  OTHER_SECRET,
  POLICY,
  ruleSet,
  signedCheck,
} from './fixtures.ts';
import { memorySink } from './memory-sink.ts';

// A million checks with texts that no other has; prints what they left behind.
const NONCE = `nonce-${NUMBER}-0123456789`;

/** By the reason of the denial, in each place that a client fills, a text that comes only once. */
const KINDS: Readonly<Record<string, CheckSpec>> = {
  unknown_key: { keyId: `key-${NUMBER}` },
  bad_signature: { nonce: NONCE, secret: OTHER_SECRET, path: `/v1/payments?id=${NUMBER}` },
  unknown_policy: { policy: `pay/policy-${NUMBER}` },
  stale_timestamp: { nonce: NONCE, timestamp: NOW_S - 10_000, method: `M${NUMBER}`, body: '' },
};

const registry = createRegistry('ext-authz');
const rules = ruleSet();
const service = createAuthzService({
  book: {
    current: () => rules,
    access: () => new Map(),
    revision: () => 'c0ffee',
    keySets: () => new Map(),
    routes: () => new Map([['pay/charge', 'pay/payments']]),
    apply: () => Promise.reject(new Error('not here')),
    refresh: () => Promise.reject(new Error('not here')),
  },
  log: createLogger({ service: 'ext-authz', level: 'silent' }),
  registry,
  audit: { sink: { ...memorySink([]), push: () => undefined } },
  clock: createFakeClock(NOW_MS),
});
const templates = Object.values(KINDS).map((spec) => {
  const contextExtensions = { policy: spec.policy ?? POLICY, route: `route-${NUMBER}` };
  const check = { ...signedCheck(spec), host: `host-${NUMBER}.example`, contextExtensions };
  return checkBytes(check);
});
await printFlood({
  registry,
  templates,
  send: (message) => service.check(message),
  warmUp: 8_000,
  calls: 1_000_000,
});
