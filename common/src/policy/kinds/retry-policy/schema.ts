import {
  checked,
  duration,
  integer,
  list,
  mapped,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  reportKey,
  targetedFields,
  withDefault,
} from '../../schema/index.ts';
import type { RetryBudget, RetryCondition, RetryPolicySpec } from '../../types.ts';

type Backoff = RetryPolicySpec['backoff'];

/** Under these nothing of the request was sent: safe for every method. */
export const safeConditions: readonly RetryCondition[] = [
  'connect-failure',
  'refused-stream',
  'reset-before-request',
];

/** Built-in values where neither a policy nor MeshDefaults gives one. */
export const defaultBackoff: Backoff = { baseMs: 10, maxMs: 100 };
export const defaultBudget: RetryBudget = { percent: 20, minConcurrency: 3 };
export const defaultAttempts = 1;

/** How many further tries; the first is not counted. */
export const attempts: Reader<number> = integer({ min: 0, max: 10, unit: 'further tries' });

/** When a request is tried again. */
export const retryOn: Reader<readonly RetryCondition[]> = list(
  oneOf<RetryCondition>([...safeConditions, 'reset', 'gateway-error', '5xx']),
  { max: 6, what: 'conditions', identity: (condition) => condition },
);

interface TypedBackoff {
  readonly baseMs: number;
  readonly maxMs?: number;
}

const pause = duration({ min: '1ms', max: '1m' });

const typedBackoff = object<TypedBackoff>({
  baseMs: withDefault('base', pause, defaultBackoff.baseMs),
  maxMs: optional('max', pause),
});

/** The pause before a further try; `max` is never below `base`, also where it is the default. */
export const backoff: Reader<Backoff> = checked(
  mapped(typedBackoff, ({ baseMs, maxMs }) => ({
    baseMs,
    maxMs: maxMs ?? Math.max(baseMs, defaultBackoff.maxMs),
  })),
  ({ baseMs, maxMs }, place, context) => {
    if (baseMs <= maxMs) return true;
    const expected = `a duration no shorter than the base of ${baseMs}ms`;
    reportKey(context, 'PM2202', place, { key: 'max', expected, got: `${maxMs}ms` });
    return false;
  },
);

/** How many retries a service may have at once. */
export const budget: Reader<RetryBudget> = object<RetryBudget>({
  percent: withDefault('percent', number({ min: 0, max: 100, unit: 'percent' }), defaultBudget.percent),
  minConcurrency: withDefault(
    'minConcurrency',
    integer({ min: 0, max: 10_000, unit: 'retries' }),
    defaultBudget.minConcurrency,
  ),
});

/** How the spec of a RetryPolicy is read. */
export const retryPolicySchema: Reader<RetryPolicySpec> = object<RetryPolicySpec>(
  {
    ...targetedFields(['Route', 'Service']),
    attempts: withDefault('attempts', attempts, defaultAttempts),
    retryOn: withDefault('retryOn', retryOn, safeConditions),
    perTryMs: optional('perTry', duration({ min: '1ms', max: '10m' })),
    backoff: withDefault('backoff', backoff, defaultBackoff),
    budget: optional('budget', budget),
  },
  { atLeastOne: ['attempts', 'retryOn', 'perTry', 'backoff', 'budget'] },
);
