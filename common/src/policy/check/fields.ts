import type { DocumentOf } from '../types.ts';
import type { TargetedKind } from './policy-set.ts';

/** One field of a policy that was typed, as far as policies are merged field by field. */
export interface TypedField {
  /** The same for policies that would overwrite each other: `backoff.base`, `limit x: rate`. */
  readonly name: string;
  readonly path: string;
  readonly value: unknown;
}

type FieldTable<S> = Readonly<Record<string, (spec: S) => unknown>>;

/** Kinds whose policies are merged field by field; what is not typed leaves the level above in force. */
const tables: { readonly [K in TargetedKind]?: FieldTable<DocumentOf<K>['spec']> } = {
  RetryPolicy: {
    attempts: (spec) => spec.attempts,
    retryOn: (spec) => spec.retryOn.toSorted(),
    perTry: (spec) => spec.perTryMs,
    'backoff.base': (spec) => spec.backoff.baseMs,
    'backoff.max': (spec) => spec.backoff.maxMs,
    'budget.percent': (spec) => spec.budget?.percent,
    'budget.minConcurrency': (spec) => spec.budget?.minConcurrency,
  },
  TimeoutPolicy: {
    request: (spec) => spec.requestMs,
    connect: (spec) => spec.connectMs,
    idle: (spec) => spec.idleMs,
  },
  CircuitBreakerPolicy: {
    'limits.connections': (spec) => spec.limits?.connections,
    'limits.pending': (spec) => spec.limits?.pending,
    'limits.requests': (spec) => spec.limits?.requests,
    'limits.retries': (spec) => spec.limits?.retries,
    'eject.consecutive5xx': (spec) => spec.eject?.consecutive5xx,
    'eject.failurePercent.over': (spec) => spec.eject?.failurePercent?.over,
    'eject.failurePercent.minRequests': (spec) => spec.eject?.failurePercent?.minRequests,
    'eject.interval': (spec) => spec.eject?.intervalMs,
    'eject.for': (spec) => spec.eject?.forMs,
    'eject.maxPercent': (spec) => spec.eject?.maxPercent,
  },
  FailoverPolicy: { order: (spec) => spec.order },
};

/** The fields that a policy gives a value to. */
export function typedFields(document: DocumentOf<TargetedKind>): readonly TypedField[] {
  if (document.kind === 'RateLimitPolicy') return limitFields(document);
  // The table of a kind takes the spec of that kind.
  const table = (tables[document.kind] ?? {}) as FieldTable<unknown>;
  return Object.entries(table)
    .map(([name, get]) => ({ name, path: `spec.${name}`, value: get(document.spec) }))
    .filter(({ path }) => document.positions.has(path));
}

/** Limits are merged by their names. */
function limitFields({ spec }: DocumentOf<'RateLimitPolicy'>): readonly TypedField[] {
  return spec.limits.flatMap(({ name, per, measure, enforce, consume, cost, refund, overrides }, index) => {
    const rateKey = measure.algorithm === 'Concurrency' ? 'concurrency' : 'rate';
    const field = (key: string, path: string, value: unknown): TypedField => ({
      name: `limit ${name}: ${key}`,
      path: `spec.limits[${index}].${path}`,
      value,
    });
    return [
      field('per', 'per', per),
      field('rate', rateKey, measure),
      field('enforce', 'enforce', enforce),
      field('consume', 'consume', consume),
      field('cost', 'cost', cost),
      field('refund', 'refund', refund),
      field('overrides', 'overrides', overrides),
    ];
  });
}
