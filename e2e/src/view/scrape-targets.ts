import type { ScrapeTarget } from '@paymesh/common/testing';

import type { ScenarioMesh } from '../harness/index.ts';

/** Every process of a mesh that has metrics, as compose.yaml names them: services, programs and their Envoys. */
export function scrapeTargets({ documents }: ScenarioMesh): readonly ScrapeTarget[] {
  return documents.flatMap((document): readonly ScrapeTarget[] => {
    if (document.kind === 'MeshDefaults') {
      const { controlPlane, extAuthz, rateLimiter } = document.spec;
      return [
        { job: 'control-plane', address: controlPlane.admin },
        { job: 'ext-authz', address: extAuthz.admin },
        { job: 'rate-limiter', address: rateLimiter.admin },
      ];
    }
    if (document.kind !== 'Workload') return [];
    const { kind, address, port, adminPort } = document.spec;
    const envoy = { job: 'envoy', address: `127.0.0.1:${adminPort}`, path: '/stats/prometheus' };
    return kind === 'gateway'
      ? [envoy]
      : [envoy, { job: document.metadata.name, address: `${address}:${port}` }];
  });
}
