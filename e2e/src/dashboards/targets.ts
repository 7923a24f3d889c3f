import type { ScenarioMesh } from '../harness/index.ts';

/** What is scraped: one process. */
export interface ScrapeTarget {
  readonly name: string;
  /** `HOST:PORT`. */
  readonly address: string;
  readonly path: string;
}

/** Every process of a mesh that has metrics: the services, the programs, the Envoys (`envoy-NAME`). */
export function scrapeTargetsOf({ documents }: ScenarioMesh): readonly ScrapeTarget[] {
  const defaults = documents.find((document) => document.kind === 'MeshDefaults');
  if (defaults?.kind !== 'MeshDefaults') throw new Error('the mesh has no MeshDefaults');
  const { controlPlane, extAuthz, rateLimiter } = defaults.spec;
  const workloads = documents.filter((document) => document.kind === 'Workload');
  return [
    { name: 'control-plane', address: controlPlane.admin, path: '/metrics' },
    { name: 'ext-authz', address: extAuthz.admin, path: '/metrics' },
    { name: 'rate-limiter', address: rateLimiter.admin, path: '/metrics' },
    ...workloads.flatMap(({ metadata: { name }, spec: { kind, port, adminPort } }) => [
      ...(kind === 'instance' ? [{ name, address: `127.0.0.1:${port}`, path: '/metrics' }] : []),
      { name: `envoy-${name}`, address: `127.0.0.1:${adminPort}`, path: '/stats/prometheus' },
    ]),
  ];
}
