import type { PolicyDocument } from '@paymesh/common/policy';

import type { Context } from './context.ts';
import { type Chain, compileChain } from './failover.ts';
import { type Leaf, strictestLeaf } from './merge.ts';
import { documentId } from './mesh.ts';
import type { CompiledRoute } from './routes.ts';
import type { Settings } from './settings.ts';

/** Reports where the merge does less than a policy says. */
export function reviewMesh(
  context: Context,
  documents: readonly PolicyDocument[],
  routes: ReadonlyMap<string, readonly CompiledRoute[]>,
): void {
  for (const document of documents) reviewMode(context, document);
  for (const service of context.mesh.services.values()) {
    reviewShared(
      context,
      (routes.get(service.id) ?? []).map(({ settings }) => settings),
    );
    for (const route of service.routes)
      reviewChain(context, documentId(route), compileChain(context, service, route));
  }
}

const SHADOWED: ReadonlySet<string> = new Set(['SigningPolicy', 'AccessPolicy', 'RateLimitPolicy']);

function reviewMode({ report }: Context, document: PolicyDocument): void {
  if (!('mode' in document.spec) || document.spec.mode !== 'Shadow' || SHADOWED.has(document.kind)) return;
  report({
    code: 'PM5003',
    severity: 'warning',
    document,
    path: 'spec.mode',
    expected: 'Enforce or Off: only signing, access and rate limits can be counted without being enforced',
    got: 'Shadow',
    hint: 'the policy has no effect',
  });
}

const SHARED = [
  { key: 'connectMs', unit: ' ms' },
  { key: 'budgetPercent', unit: ' percent' },
  { key: 'budgetMinConcurrency', unit: ' retries' },
] as const satisfies readonly { key: keyof Settings; unit: string }[];

/** Routes of one service share its connections, so one of them may ask for more than it gets. */
function reviewShared({ report }: Context, settings: readonly Settings[]): void {
  for (const { key, unit } of SHARED) {
    const [first, ...rest] = settings.map((one): Leaf<number> => one[key]);
    if (first === undefined) continue;
    const strictest = strictestLeaf([first, ...rest]);
    for (const { policy, value } of [first, ...rest]) {
      if (policy === undefined || value === strictest.value) continue;
      report({
        code: 'PM5001',
        severity: 'warning',
        ...policy,
        expected: `the strictest value of all routes of the service: ${strictest.value}${unit} (${strictest.from})`,
        got: `${value}${unit}`,
        hint: 'connections are shared by all routes of a service: give the service one value',
      });
    }
  }
}

function reviewChain(
  { attemptsMax, report }: Context,
  route: string,
  { clusters, dropped, policy }: Chain,
): void {
  if (policy === undefined || dropped.length === 0) return;
  report({
    code: 'PM5002',
    severity: 'warning',
    document: policy,
    path: 'spec.order',
    expected: `at most ${clusters.length} services, for overrides allow ${attemptsMax.value} further tries (${attemptsMax.from})`,
    got: `${clusters.length + dropped.length} services on route ${route}`,
    hint: `never tried: ${dropped.join(', ')}`,
  });
}
