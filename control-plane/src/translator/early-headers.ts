import { create } from '@bufbuild/protobuf';
import {
  EarlyHeaderMutationSchema,
  type TypedExtensionConfig,
  TypedExtensionConfigSchema,
} from '@paymesh/common/envoy';

import { type ListenerIr, MOST_QUOTAS } from '../ir/index.ts';
import { pack } from './any.ts';
import { quotaHeader } from './filters/quota-style.ts';
import { HEADER } from './header-names.ts';

/** Takes away headers before anything reads them: later removal comes too late for the choice of the route. */
export function earlyHeaderMutations(direction: ListenerIr['direction']): TypedExtensionConfig[] {
  const removed = REMOVED[direction];
  return [
    create(TypedExtensionConfigSchema, {
      name: 'envoy.http.early_header_mutation.header_mutation',
      typedConfig: pack(
        EarlyHeaderMutationSchema,
        create(EarlyHeaderMutationSchema, {
          mutations: removed.map((name) => ({ action: { case: 'remove' as const, value: name } })),
        }),
      ),
    }),
  ];
}

/** What steers Envoy. It heeds some of these only from internal callers, of which there are none; this does not rely on it. */
const STEERING: readonly string[] = [
  HEADER.attemptCount,
  HEADER.resend,
  'x-envoy-fault-abort-grpc-request',
  'x-envoy-fault-abort-request',
  'x-envoy-fault-abort-request-percentage',
  'x-envoy-fault-delay-request',
  'x-envoy-fault-delay-request-percentage',
  'x-envoy-fault-throughput-response',
  'x-envoy-fault-throughput-response-percentage',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-max-retries',
  'x-envoy-original-dst-host',
  'x-envoy-retriable-header-names',
  'x-envoy-retriable-status-codes',
  'x-envoy-retry-grpc-on',
  'x-envoy-retry-on',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-upstream-rq-timeout-ms',
];

/** What upstreams may believe: only proxies of the mesh may say it. */
const CLAIMS: readonly string[] = [
  HEADER.keyId,
  HEADER.notSent,
  HEADER.peer,
  HEADER.principal,
  HEADER.subject,
  'x-envoy-auth-failure-mode-allowed',
  'x-envoy-auth-partial-body',
  'x-envoy-decorator-operation',
  'x-envoy-degraded',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-envoy-force-trace',
  'x-envoy-immediate-health-check-fail',
  'x-envoy-internal',
  'x-envoy-ip-tags',
  'x-envoy-is-timeout-retry',
  'x-envoy-local-overloaded',
  'x-envoy-original-host',
  'x-envoy-original-path',
  'x-envoy-overloaded',
  'x-envoy-peer-metadata',
  'x-envoy-peer-metadata-id',
  'x-envoy-ratelimited',
  'x-envoy-upstream-canary',
  'x-envoy-upstream-healthchecked-cluster',
  'x-envoy-upstream-service-time',
];

/** What a route limits, which no caller may say: it could spend the part of another. */
const QUOTAS: readonly string[] = Array.from({ length: MOST_QUOTAS }, (_, slot) => quotaHeader(slot));

/** A trace begins at the gateway: a client that orders samples, or gives all its requests one trace, is not heeded. */
const TRACES: readonly string[] = ['traceparent', 'tracestate', 'x-client-trace-id'];

const REMOVED: Readonly<Record<ListenerIr['direction'], readonly string[]>> = {
  gateway: [...CLAIMS, ...STEERING, ...TRACES, ...QUOTAS].toSorted(),
  outbound: [...STEERING, ...QUOTAS].toSorted(),
  // The caller is a proxy of the mesh: its word on the principal and the number of the try is kept; what it limits is not his to say.
  inbound: QUOTAS,
};
