import { type DocumentOf, ratePeriodMs } from '@paymesh/common/policy';

import type { GuardIr } from '../ir/index.ts';
import { provenance } from './merge.ts';
import { compareText, documentId } from './mesh.ts';

/** The guard of a route, and where it was typed. */
export interface CompiledGuard {
  readonly guard: GuardIr;
  readonly from: string;
}

const MS_PER_SECOND = 1_000;

/** Of several guards the slowest that is enforced: a proxy has one for a route. */
export function compileGuard(policies: readonly DocumentOf<'RateLimitPolicy'>[]): CompiledGuard | undefined {
  return policies
    .flatMap((policy) => guardOf(policy) ?? [])
    .toSorted(
      (a, b) =>
        Number(a.guard.isShadow) - Number(b.guard.isShadow) ||
        perSecond(a.guard) - perSecond(b.guard) ||
        compareText(a.guard.policy, b.guard.policy),
    )
    .at(0);
}

function guardOf(policy: DocumentOf<'RateLimitPolicy'>): CompiledGuard | undefined {
  const { guard, mode } = policy.spec;
  if (guard === undefined) return undefined;
  const { requests } = guard.rate;
  return {
    guard: {
      policy: documentId(policy),
      isShadow: mode === 'Shadow',
      requests,
      perSeconds: ratePeriodMs(guard.rate) / MS_PER_SECOND,
      burst: guard.burst ?? requests,
    },
    from: provenance(policy.positions.get('spec.guard') ?? policy.at),
  };
}

function perSecond({ requests, perSeconds }: GuardIr): number {
  return requests / perSeconds;
}
