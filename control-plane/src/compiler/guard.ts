import type { DocumentOf, RateUnit } from '@paymesh/common/policy';

import type { GuardIr } from '../ir/index.ts';
import { provenance } from './merge.ts';
import { compareText, documentId } from './mesh.ts';

/** The guard of a route, and where it was typed. */
export interface CompiledGuard {
  readonly guard: GuardIr;
  readonly from: string;
}

const SECONDS: Readonly<Record<RateUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

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
  const { requests, unit } = guard.rate;
  return {
    guard: {
      policy: documentId(policy),
      isShadow: mode === 'Shadow',
      requests,
      perSeconds: SECONDS[unit],
      burst: guard.burst ?? requests,
    },
    from: provenance(policy.positions.get('spec.guard') ?? policy.at),
  };
}

function perSecond({ requests, perSeconds }: GuardIr): number {
  return requests / perSeconds;
}
