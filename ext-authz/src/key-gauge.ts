import { Gauge, type Registry } from '@paymesh/common/metrics';

import type { KeyRing } from './keys/index.ts';

/**
 * Registers when each key in force ends, by its document or its certificate, whichever is first; fetched keys too. The
 * control plane has a series of the same name of what is typed: the less of both is true.
 */
export function addKeyGauge(registry: Registry, keySets: () => ReadonlyMap<string, KeyRing>): void {
  const gauge: Gauge = new Gauge({
    name: 'paymesh_key_expiry_timestamp_seconds',
    help: 'Unix time after which a key in force is not taken any more, by its document or certificate; those without an end are not here.',
    labelNames: ['keyset', 'key_id'],
    registers: [registry],
    collect: (): void => {
      gauge.reset();
      for (const [keyset, ring] of keySets()) {
        for (const { id, notAfterMs, isRevoked } of ring.values()) {
          if (isRevoked || notAfterMs === undefined) continue;
          gauge.set({ keyset, key_id: id }, notAfterMs / 1_000);
        }
      }
    },
  });
}
