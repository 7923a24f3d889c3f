import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type HttpConnectionManager_Tracing,
  HttpConnectionManager_TracingSchema,
  type MetadataKey_PathSegmentSchema,
  OpenTelemetryConfigSchema,
} from '@paymesh/common/envoy';

import type { ListenerIr, TracingIr } from '../ir/index.ts';
import { pack } from './any.ts';
import { grpcService } from './filters/grpc-service.ts';
import { EXT_AUTHZ } from './filters/names.ts';

/** Spans are sent beside the request: this bounds the call to the collector only. */
const EXPORT_TIMEOUT_MS = 250;

/**
 * Spans over OTLP/gRPC, in batches of five or every 5 s (Envoy's own). `x-client-trace-id` orders none, and the URL in a
 * span is cut before the path: queries hold what is not to be in a trace, and the route says where it went.
 */
export function tracingOf(
  { cluster, service, samplePercent }: TracingIr,
  direction: ListenerIr['direction'],
): HttpConnectionManager_Tracing {
  const config = create(OpenTelemetryConfigSchema, {
    grpcService: grpcService({ cluster, timeoutMs: EXPORT_TIMEOUT_MS }),
    serviceName: service,
  });
  return create(HttpConnectionManager_TracingSchema, {
    clientSampling: { value: 0 },
    randomSampling: { value: samplePercent },
    spawnUpstreamSpan: true,
    maxPathTagLength: 1,
    customTags: [
      { tag: 'listener', type: { case: 'literal', value: { value: direction } } },
      ...['policy', 'decision', 'reason'].map(decided),
    ],
    provider: {
      name: 'envoy.tracers.opentelemetry',
      configType: { case: 'typedConfig', value: pack(OpenTelemetryConfigSchema, config) },
    },
  });
}

/** What ext-authz said of the request; no tag where it was not asked. */
function decided(key: string) {
  const path: MessageInitShape<typeof MetadataKey_PathSegmentSchema>[] = [
    { segment: { case: 'key', value: key } },
  ];
  return {
    tag: key,
    type: {
      case: 'metadata' as const,
      value: {
        kind: { kind: { case: 'request' as const, value: {} } },
        metadataKey: { key: EXT_AUTHZ, path },
      },
    },
  };
}
