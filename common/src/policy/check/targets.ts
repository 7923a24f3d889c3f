import type { DocumentOf, Finding } from '../types.ts';
import type { PolicySet, TargetedKind } from './policy-set.ts';
import { checkReference } from './reference.ts';

/** The kinds that have targetRefs. */
export const targetedKinds = [
  'SigningPolicy',
  'RateLimitPolicy',
  'RetryPolicy',
  'TimeoutPolicy',
  'CircuitBreakerPolicy',
  'FailoverPolicy',
] as const satisfies readonly TargetedKind[];

/** What every policy is put on exists. */
export function checkTargets(set: PolicySet): readonly Finding[] {
  return targetedKinds
    .flatMap((kind): readonly DocumentOf<TargetedKind>[] => set.of(kind))
    .flatMap((document) =>
      document.spec.targetRefs.flatMap(({ kind, namespace, name }, index) =>
        checkReference(set, {
          from: document,
          path: `spec.targetRefs[${index}].name`,
          kind,
          to: { namespace, name },
        }),
      ),
    );
}
