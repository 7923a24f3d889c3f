import {
  duration,
  integer,
  number,
  object,
  optional,
  type Reader,
  required,
  targetedFields,
  withDefault,
} from '../../schema/index.ts';
import type { CircuitBreakerPolicySpec } from '../../types.ts';

type Limits = NonNullable<CircuitBreakerPolicySpec['limits']>;
type Eject = NonNullable<CircuitBreakerPolicySpec['eject']>;
type FailurePercent = NonNullable<Eject['failurePercent']>;

const count = integer({ min: 1, max: 1_000_000 });
const percent = number({ min: 1, max: 100, unit: 'percent' });

const limits = object<Limits>(
  {
    connections: optional('connections', count),
    pending: optional('pending', count),
    requests: optional('requests', count),
    retries: optional('retries', count),
  },
  { atLeastOne: ['connections', 'pending', 'requests', 'retries'] },
);

const eject = object<Eject>({
  consecutive5xx: withDefault('consecutive5xx', integer({ min: 1, max: 10_000, unit: 'answers' }), 5),
  failurePercent: optional(
    'failurePercent',
    object<FailurePercent>({
      over: required('over', percent),
      minRequests: withDefault('minRequests', integer({ min: 1, max: 1_000_000, unit: 'requests' }), 50),
    }),
  ),
  intervalMs: withDefault('interval', duration({ min: '10ms', max: '1h' }), 10_000),
  forMs: withDefault('for', duration({ min: '10ms', max: '1d' }), 30_000),
  maxPercent: withDefault('maxPercent', percent, 50),
});

/** How the spec of a CircuitBreakerPolicy is read. Breakers belong to clusters: only Services are targets. */
export const circuitBreakerPolicySchema: Reader<CircuitBreakerPolicySpec> = object<CircuitBreakerPolicySpec>(
  {
    ...targetedFields(['Service']),
    limits: optional('limits', limits),
    eject: optional('eject', eject),
  },
  { atLeastOne: ['limits', 'eject'] },
);
