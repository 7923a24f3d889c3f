import {
  duration,
  endpoint,
  type FieldsOf,
  integer,
  list,
  object,
  oneOf,
  optional,
  type Reader,
  refuse,
  required,
  withDefault,
} from '../../schema/index.ts';
import type { MeshDefaultsSpec, PolicyServiceSpec, RateLimiterSpec, TracingSpec } from '../../types.ts';
import {
  attempts,
  backoff,
  budget,
  defaultAttempts,
  defaultBackoff,
  defaultBudget,
  retryOn,
  safeConditions,
} from '../retry-policy/schema.ts';
import { connectTimeout, idleTimeout, requestTimeout } from '../timeout-policy/schema.ts';

type Defaults = MeshDefaultsSpec['defaults'];
type Overrides = MeshDefaultsSpec['overrides'];

const builtIn: Defaults = {
  timeout: { requestMs: 5_000, connectMs: 500, idleMs: 30_000 },
  retry: {
    attempts: defaultAttempts,
    retryOn: safeConditions,
    backoff: defaultBackoff,
    budget: defaultBudget,
  },
};

const defaults = object<Defaults>(
  {
    timeout: withDefault(
      'timeout',
      object<Defaults['timeout']>({
        requestMs: withDefault('request', requestTimeout, builtIn.timeout.requestMs),
        connectMs: withDefault('connect', connectTimeout, builtIn.timeout.connectMs),
        idleMs: withDefault('idle', idleTimeout, builtIn.timeout.idleMs),
      }),
      builtIn.timeout,
    ),
    retry: withDefault(
      'retry',
      object<Defaults['retry']>({
        attempts: withDefault('attempts', attempts, defaultAttempts),
        retryOn: withDefault('retryOn', retryOn, safeConditions),
        backoff: withDefault('backoff', backoff, defaultBackoff),
        budget: withDefault('budget', budget, defaultBudget),
      }),
      builtIn.retry,
    ),
  },
  {
    notYet: {
      mtls: refuse(
        'mutual TLS between proxies is not there yet: leave it out, and keep the mesh on a private network',
      ),
    },
  },
);

const defaultOverrides: Overrides = { retry: { attemptsMax: 3 }, signing: 'Optional' };

const overrides = object<Overrides>(
  {
    retry: withDefault(
      'retry',
      object<Overrides['retry']>({
        attemptsMax: withDefault(
          'attemptsMax',
          integer({ min: 0, max: 10, unit: 'further tries' }),
          defaultOverrides.retry.attemptsMax,
        ),
      }),
      defaultOverrides.retry,
    ),
    signing: withDefault('signing', oneOf(['Required', 'Optional']), defaultOverrides.signing),
  },
  {
    notYet: {
      access: refuse('a default for all routes is not there yet: put an AccessPolicy on each Service'),
    },
  },
);

const AUTHZ_TIMEOUT_MS = 300;
const LIMITER_TIMEOUT_MS = 50;

const endpoints = list(endpoint, { max: 64, what: 'endpoints', identity: (address) => address });

const policyServiceFields = (timeoutMs: number): FieldsOf<PolicyServiceSpec> => ({
  endpoints: required('endpoints', endpoints),
  admin: required('admin', endpoint),
  timeoutMs: withDefault('timeout', duration({ min: '1ms', max: '10s' }), timeoutMs),
});

/**
 * How the spec of the MeshDefaults is read. The defaults are the ports on which the services listen when nobody says
 * otherwise.
 */
export const meshDefaultsSchema: Reader<MeshDefaultsSpec> = object<MeshDefaultsSpec>({
  defaults: withDefault('defaults', defaults, builtIn),
  overrides: withDefault('overrides', overrides, defaultOverrides),
  controlPlane: withDefault(
    'controlPlane',
    object<MeshDefaultsSpec['controlPlane']>({
      listen: required('listen', endpoint),
      admin: required('admin', endpoint),
    }),
    { listen: '127.0.0.1:18000', admin: '127.0.0.1:18001' },
  ),
  extAuthz: withDefault('extAuthz', object<PolicyServiceSpec>(policyServiceFields(AUTHZ_TIMEOUT_MS)), {
    endpoints: ['127.0.0.1:18010'],
    admin: '127.0.0.1:18011',
    timeoutMs: AUTHZ_TIMEOUT_MS,
  }),
  rateLimiter: withDefault(
    'rateLimiter',
    object<RateLimiterSpec>({
      ...policyServiceFields(LIMITER_TIMEOUT_MS),
      quotaEndpoints: optional('quotaEndpoints', endpoints),
    }),
    {
      endpoints: ['127.0.0.1:18020'],
      admin: '127.0.0.1:18021',
      timeoutMs: LIMITER_TIMEOUT_MS,
      quotaEndpoints: ['127.0.0.1:18022'],
    },
  ),
  tracing: optional(
    'tracing',
    object<TracingSpec>({
      otlp: required('otlp', endpoint),
      sampling: withDefault('sampling', integer({ min: 1, max: 100, unit: 'percent' }), 100),
    }),
  ),
});
