import {
  type DescriptorEntry,
  type DocumentOf,
  descriptorEntries,
  type LimitSpec,
} from '@paymesh/common/policy';

import type { DescriptorEntryIr, QuotaIr, RateLimitIr, ReturnIr } from '../ir/index.ts';
import { provenance } from './merge.ts';
import { compareText, documentId } from './mesh.ts';

/** One limit of a route, and where it was typed. */
export interface CompiledLimit {
  readonly limit: RateLimitIr;
  readonly from: string;
}

/** One limit that proxies are to keep. */
export interface CompiledQuota extends CompiledLimit {
  readonly quota: QuotaIr;
  readonly document: DocumentOf<'RateLimitPolicy'>;
  readonly path: string;
}

/** Who is to keep which limit of a route, by what the policies say. */
export interface CompiledLimits {
  readonly service: readonly CompiledLimit[];
  readonly proxy: readonly CompiledQuota[];
}

/** Limits add up: those of every policy that hits the route, by policy id, then as written. */
export function compileRateLimits(policies: readonly DocumentOf<'RateLimitPolicy'>[]): CompiledLimits {
  const all = policies
    .toSorted((a, b) => compareText(documentId(a), documentId(b)))
    .flatMap((policy) => policy.spec.limits.map((limit, index) => compileOne(policy, limit, index)));
  return {
    service: all.filter(({ enforce }) => enforce !== 'proxy').map(({ limit, from }) => ({ limit, from })),
    proxy: all.filter(({ enforce }) => enforce === 'proxy'),
  };
}

function compileOne(policy: DocumentOf<'RateLimitPolicy'>, spec: LimitSpec, index: number) {
  const limit = compileLimit(policy, spec);
  const path = `spec.limits[${index}]`;
  return {
    enforce: spec.enforce,
    limit,
    quota: quotaOf(policy, limit),
    from: provenance(policy.positions.get(path) ?? policy.at),
    document: policy,
    path: `${path}.enforce`,
  };
}

const ON_UNAVAILABLE = { Open: 'allow', Closed: 'deny', Local: 'last' } as const;

/** The same limit as proxies keep it. */
function quotaOf(
  { spec: { mode, onStoreDown } }: DocumentOf<'RateLimitPolicy'>,
  { policy, limit, entries, status }: RateLimitIr,
): QuotaIr {
  const onUnavailable = mode === 'Enforce' ? ON_UNAVAILABLE[onStoreDown.fallback] : 'allow';
  return { policy, limit, entries, onUnavailable, status };
}

function compileLimit(policy: DocumentOf<'RateLimitPolicy'>, limit: LimitSpec): RateLimitIr {
  const id = documentId(policy);
  const { mode, onLimited, onStoreDown } = policy.spec;
  return {
    policy: id,
    limit: limit.name,
    entries: descriptorEntries(id, limit).map(compileEntry),
    // With Local the limiter counts by itself; where even the limiter is gone, nobody can: as Open.
    // A limit in shadow refuses nothing, with or without a limiter.
    onUnavailable: onStoreDown.fallback === 'Closed' && mode === 'Enforce' ? 'deny' : 'allow',
    status: onLimited.status,
    retryAfter: onLimited.retryAfter,
    headers: onLimited.headers,
    ...(limit.cost === undefined ? {} : { cost: { ...limit.cost, isShadow: mode === 'Shadow' } }),
    ...returnsOf(limit),
  };
}

function returnsOf({ measure, refund }: LimitSpec): { readonly returns?: ReturnIr } {
  if (measure.algorithm === 'Concurrency') return { returns: { kind: 'all' } };
  return refund === undefined ? {} : { returns: refund };
}

function compileEntry(entry: DescriptorEntry): DescriptorEntryIr {
  const { key } = entry;
  if ('value' in entry) return { kind: 'fixed', key, value: entry.value };
  switch (entry.selector.kind) {
    case 'principal':
      return { kind: 'header', key, header: PRINCIPAL_HEADER };
    case 'header':
      return { kind: 'header', key, header: entry.selector.name };
    case 'remoteAddress':
      return { kind: 'remoteAddress', key };
  }
}

/** Set by ext-authz on requests that it let pass. */
const PRINCIPAL_HEADER = 'x-paymesh-principal';
