import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

import { formatHostPort, type HostPort } from '../config/index.ts';
import type { TraceParent } from './traceparent.ts';

export interface ExporterOptions {
  /** `service.name` of the spans. */
  readonly component: string;
  /** OTLP/gRPC without TLS. */
  readonly collector: HostPort;
}

/** Begins spans, and sends those that ended. */
export interface Exporter {
  /** A span of a call that is answered here; the function that is given back ends it. */
  begin(name: string, caller: TraceParent): (isError: boolean) => void;
  /** Sends what is waiting, for a bounded time. */
  close(): Promise<void>;
}

/** Spans beyond it are dropped while the collector does not take them. */
const MAX_QUEUE = 2_048;
const EXPORT_TIMEOUT_MS = 2_000;
const EXPORT_EVERY_MS = 1_000;
const SAMPLED_FLAG = 1;

/** Sends spans in the background; a collector that cannot be reached costs its spans and nothing else. */
export function createExporter({ component, collector }: ExporterOptions): Exporter {
  const exporter = new OTLPTraceExporter({
    url: `http://${formatHostPort(collector)}`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const queue = new BatchSpanProcessor(exporter, {
    maxQueueSize: MAX_QUEUE,
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const resource = resourceFromAttributes({ 'service.name': component });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [queue] });
  const tracer = provider.getTracer('paymesh');
  return {
    begin: (name, { traceId, spanId }) => {
      const caller = { traceId, spanId, traceFlags: SAMPLED_FLAG, isRemote: true };
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.SERVER },
        trace.setSpanContext(ROOT_CONTEXT, caller),
      );
      return (isError) => {
        if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      };
    },
    // What the collector did not take in time is lost, and nobody can do anything about it.
    close: () => provider.shutdown().catch(() => undefined),
  };
}
