import {
  checked,
  duration,
  integer,
  list,
  object,
  oneOf,
  optional,
  type Reader,
  reportKey,
  text,
  warn,
  withDefault,
} from '../../schema/index.ts';
import type { ServiceSpec } from '../../types.ts';

type HealthCheck = NonNullable<ServiceSpec['healthCheck']>;

const threshold = integer({ min: 1, max: 100 });

const healthCheckFields: Reader<HealthCheck> = object<HealthCheck>({
  path: withDefault(
    'path',
    text('a path such as /healthz', { code: 'PM2111', pattern: /^\/[!-~]{0,255}$/ }),
    '/healthz',
  ),
  intervalMs: withDefault('interval', duration({ min: '100ms', max: '10m' }), 1_000),
  timeoutMs: withDefault('timeout', duration({ min: '10ms', max: '1m' }), 500),
  unhealthyThreshold: withDefault('unhealthyThreshold', threshold, 2),
  healthyThreshold: withDefault('healthyThreshold', threshold, 1),
});

const healthCheck = checked(healthCheckFields, ({ intervalMs, timeoutMs }, place, context) => {
  if (timeoutMs <= intervalMs) return true;
  reportKey(context, 'PM2203', place, {
    key: 'timeout',
    expected: `a timeout no longer than the interval of ${intervalMs}ms`,
    got: `${timeoutMs}ms`,
  });
  return false;
});

/** How the spec of a Service is read. */
export const serviceSchema: Reader<ServiceSpec> = object<ServiceSpec>(
  {
    protocol: withDefault('protocol', oneOf(['http', 'http2']), 'http'),
    owners: withDefault(
      'owners',
      list(text('the name of a team', { pattern: /^[\w.@/-]{1,128}$/ }), {
        min: 0,
        max: 32,
        what: 'teams',
        identity: (owner) => owner,
      }),
      [],
    ),
    healthCheck: optional('healthCheck', healthCheck),
  },
  {
    notYet: {
      port: warn('callers reach each instance at the ports of its Workload'),
      slo: warn('nothing is measured against it'),
    },
  },
);
