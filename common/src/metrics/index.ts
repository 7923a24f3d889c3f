import { collectDefaultMetrics, type Registry } from 'prom-client';

import { PatientRegistry } from './patient-registry.ts';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';
export { createQuickCounter } from './quick-counter.ts';
export { createQuickHistogram, type QuickHistogram } from './quick-histogram.ts';

/**
 * A registry of its own for one program, with the process metrics of prom-client in it. `component` names the program on
 * every series, so that `service` is free for what the mesh calls a service.
 */
export function createRegistry(component: string): Registry {
  const registry = new PatientRegistry();
  registry.setDefaultLabels({ component });
  collectDefaultMetrics({ register: registry });
  return registry;
}
