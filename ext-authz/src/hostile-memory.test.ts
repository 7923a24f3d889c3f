import { expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import {
  createFakeClock,
  createNumberedBytes,
  heapGrowthOf,
  NUMBER,
  seriesOf,
} from '@paymesh/common/testing';

import { createAuthzService } from './service.ts';
import {
  type CheckSpec,
  checkBytes,
  NOW_MS,
  NOW_S,
  OTHER_SECRET,
  POLICY,
  ruleSet,
  signedCheck,
} from './testing/fixtures.ts';
import { memorySink } from './testing/memory-sink.ts';

const MILLION = 1_000_000;
/** A minute where nothing else runs. */
const TIMEOUT_MS = 1_800_000;
/** Of each kind, before it is measured. */
const WARM_UP = 2_000;
const FLAT_BYTES = 8 * 1024 * 1024;
const NONCE = `nonce-${NUMBER}-0123456789`;

/** In each place that a client fills, a text that comes only once. */
const KINDS: Readonly<Record<string, CheckSpec>> = {
  unknown_key: { keyId: `key-${NUMBER}` },
  bad_signature: { nonce: NONCE, secret: OTHER_SECRET, path: `/v1/payments?id=${NUMBER}` },
  unknown_policy: { policy: `pay/policy-${NUMBER}` },
  stale_timestamp: { nonce: NONCE, timestamp: NOW_S - 10_000, method: `M${NUMBER}`, body: '' },
};

test(
  'a million checks with texts that no other has leave series and heap as they were',
  async () => {
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
      return createNumberedBytes(checkBytes(check));
    });
    let number = 0;
    const ask = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1)
        for (const template of templates) {
          number += 1;
          await service.check(template(number));
        }
    };
    await ask(WARM_UP);
    const series = await seriesOf(registry);
    const growth = await heapGrowthOf(() => ask(MILLION / templates.length));
    expect(await seriesOf(registry)).toBe(series);
    expect(growth).toBeLessThan(FLAT_BYTES);
    const text = await registry.metrics();
    for (const reason of Object.keys(KINDS))
      expect(text).toMatch(new RegExp(`decisions_total\\{.*reason="${reason}".*\\} 252000`));
  },
  TIMEOUT_MS,
);
