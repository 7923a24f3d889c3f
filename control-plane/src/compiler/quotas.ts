import { MOST_QUOTAS } from '../ir/index.ts';
import type { Context } from './context.ts';
import type { CompiledLimits } from './rate-limits.ts';

/**
 * Who keeps which limit: a limit that proxies cannot keep is kept by the service, and told of. It is never dropped.
 */
export function placeLimits({ mesh, report }: Context, { service, proxy }: CompiledLimits): CompiledLimits {
  const isReachable = mesh.defaults?.spec.rateLimiter.quotaEndpoints !== undefined;
  const kept = isReachable ? proxy.slice(0, MOST_QUOTAS) : [];
  const others = proxy.slice(kept.length);
  for (const { document, path, limit } of others) {
    report({
      code: 'PM5004',
      severity: 'warning',
      document,
      path,
      expected: isReachable
        ? `at most ${MOST_QUOTAS} limits of a route with enforce: proxy`
        : 'MeshDefaults with rateLimiter.quotaEndpoints, where proxies get their part of a limit',
      got: `limit ${limit.limit}`,
      hint: 'the service keeps this limit',
    });
  }
  return { service: [...service, ...others.map(({ limit, from }) => ({ limit, from }))], proxy: kept };
}
