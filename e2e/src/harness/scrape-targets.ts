import type { ScrapeTarget } from '@paymesh/common/testing';

import type { ScenarioMesh } from './mesh.ts';

/** Every process of a mesh that has metrics: the services, the programs, the Envoys (`envoy-NAME`). */
export function scrapeTargetsOf({ documents }: ScenarioMesh): readonly ScrapeTarget[] {
  const defaults = documents.find((document) => document.kind === 'MeshDefaults');
  if (defaults?.kind !== 'MeshDefaults') throw new Error('the mesh has no MeshDefaults');
  const { controlPlane, extAuthz, rateLimiter } = defaults.spec;
  const workloads = documents.filter((document) => document.kind === 'Workload');
  return [
    { name: 'control-plane', address: controlPlane.admin },
    { name: 'ext-authz', address: extAuthz.admin },
    { name: 'rate-limiter', address: rateLimiter.admin },
    ...workloads.flatMap(({ metadata: { name }, spec: { kind, port, adminPort } }) => [
      ...(kind === 'instance' ? [{ name, address: `127.0.0.1:${port}` }] : []),
      { name: `envoy-${name}`, address: `127.0.0.1:${adminPort}`, path: '/stats/prometheus' },
    ]),
  ];
}
