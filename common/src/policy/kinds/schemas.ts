import type { Reader } from '../schema/index.ts';
import type { DocumentOf, Kind } from '../types.ts';
import { accessPolicySchema } from './access-policy/schema.ts';
import { circuitBreakerPolicySchema } from './circuit-breaker-policy/schema.ts';
import { failoverPolicySchema } from './failover-policy/schema.ts';
import { keySetSchema } from './key-set/schema.ts';
import { meshDefaultsSchema } from './mesh-defaults/schema.ts';
import { rateLimitPolicySchema } from './rate-limit-policy/schema.ts';
import { retryPolicySchema } from './retry-policy/schema.ts';
import { routeSchema } from './route/schema.ts';
import { serviceSchema } from './service/schema.ts';
import { signingPolicySchema } from './signing-policy/schema.ts';
import { timeoutPolicySchema } from './timeout-policy/schema.ts';
import { workloadSchema } from './workload/schema.ts';

/** How the spec of each kind is read; its keys are all kinds that there are. */
export const specSchemas: { readonly [K in Kind]: Reader<DocumentOf<K>['spec']> } = {
  Service: serviceSchema,
  Workload: workloadSchema,
  Route: routeSchema,
  KeySet: keySetSchema,
  SigningPolicy: signingPolicySchema,
  AccessPolicy: accessPolicySchema,
  RateLimitPolicy: rateLimitPolicySchema,
  RetryPolicy: retryPolicySchema,
  TimeoutPolicy: timeoutPolicySchema,
  CircuitBreakerPolicy: circuitBreakerPolicySchema,
  FailoverPolicy: failoverPolicySchema,
  MeshDefaults: meshDefaultsSchema,
};
