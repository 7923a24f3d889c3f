import type { Finding, PolicyDocument } from '@paymesh/common/policy';

import type { MeshIr, ProxyIr } from '../ir/index.ts';
import { type ClusterOf, compileLocalCluster, createClusters } from './clusters.ts';
import { type Context, createContext } from './context.ts';
import { sortFindings } from './findings.ts';
import { compileGateway } from './gateway.ts';
import { compileInbound } from './inbound.ts';
import { compareText, type Instance, type MeshService } from './mesh.ts';
import { type Callee, compileOutbound } from './outbound.ts';
import { compilePolicyClusters } from './policy-services.ts';
import { reviewMesh } from './review.ts';
import { arrangeRoutes, type CompiledRoute, compileRoutes } from './routes.ts';
import { withTracing } from './tracing.ts';

/** What compileMesh gives: an IR for every proxy, and what only the merge of all documents could show. */
export interface CompileResult {
  readonly ir: MeshIr;
  /** Sorted by place. An IR with an error among them must not be applied. */
  readonly findings: readonly Finding[];
}

/**
 * What every proxy must do under these documents. Pure, and the same for any order of the documents.
 * `jwks`: text of the JWKS file that an AccessPolicy names, by `namespace/name` of the policy.
 * The documents are expected to have passed the checker; for others the IR errs on the safe side.
 */
export function compileMesh(
  documents: readonly PolicyDocument[],
  jwks: ReadonlyMap<string, string> = new Map(),
): CompileResult {
  const findings: Finding[] = [];
  const context = createContext(documents, jwks, findings);
  const services = [...context.mesh.services.values()];
  const routes = new Map(services.map((service) => [service.id, compileRoutes(context, service)]));
  reviewMesh(context, documents, routes);
  const step: Step = {
    context,
    routes,
    clusterOf: createClusters(context, routes),
    callees: services.map((service) => ({
      service,
      routes: arrangeRoutes((routes.get(service.id) ?? []).map(({ outbound }) => outbound)),
    })),
  };
  const all = [...routes.values()].flat();
  const proxies = [
    ...context.mesh.gateways.map((gateway) => {
      const proxy = compileGateway(context, { gateway, routes: all, clusterOf: step.clusterOf });
      return withTracing(context, proxy, gateway.spec.gateway);
    }),
    ...services.flatMap((service) =>
      service.instances.map((instance) =>
        withTracing(context, compileSidecar(step, service, instance), service.id),
      ),
    ),
  ];
  return { ir: { proxies: byNode(proxies) }, findings: sortFindings(findings) };
}

interface Step {
  readonly context: Context;
  readonly routes: ReadonlyMap<string, readonly CompiledRoute[]>;
  readonly clusterOf: ClusterOf;
  readonly callees: readonly Callee[];
}

function compileSidecar(step: Step, service: MeshService, instance: Instance): ProxyIr {
  const { context, callees, clusterOf } = step;
  const { metadata, spec } = instance;
  const listeners = [
    compileInbound(context, { service, instance, routes: step.routes.get(service.id) ?? [] }),
    compileOutbound(instance, callees),
  ];
  return {
    node: metadata.name,
    namespace: metadata.namespace,
    locality: spec.locality,
    listeners,
    clusters: [
      compileLocalCluster(context, service, instance),
      ...callees.flatMap((callee) => clusterOf(callee.service.id, spec.locality) ?? []),
      ...compilePolicyClusters(context, listeners),
    ],
  };
}

function byNode(proxies: readonly ProxyIr[]): Record<string, ProxyIr> {
  return Object.fromEntries(
    proxies.toSorted((a, b) => compareText(a.node, b.node)).map((proxy) => [proxy.node, proxy]),
  );
}
