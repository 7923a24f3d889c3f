import type { ProxyIr } from '../ir/index.ts';
import type { Context } from './context.ts';
import { compileCollectorCluster } from './policy-services.ts';

/** Of a mesh with a collector: a listener that begins no trace still carries on those of its callers. */
const CARRIES_ON_ONLY = 0;

/**
 * The proxy with spans for what passes it, where the mesh has a collector. `service` names its spans. A trace begins at
 * a gateway, or where a program calls others by itself; what comes in from the mesh without one is a health check.
 */
export function withTracing(context: Context, proxy: ProxyIr, service: string): ProxyIr {
  const tracing = context.mesh.defaults?.spec.tracing;
  if (tracing === undefined) return proxy;
  const collector = compileCollectorCluster(context, tracing.otlp);
  return {
    ...proxy,
    listeners: proxy.listeners.map((listener) => ({
      ...listener,
      tracing: {
        cluster: collector.name,
        service,
        samplePercent: listener.direction === 'inbound' ? CARRIES_ON_ONLY : tracing.sampling,
      },
    })),
    clusters: [...proxy.clusters, collector],
  };
}
