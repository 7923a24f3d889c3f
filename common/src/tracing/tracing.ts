import type { HostPort } from '../config/index.ts';
import type { UnaryServerOptions } from '../grpc/index.ts';
import type { Exporter } from './exporter.ts';
import { parseTraceparent } from './traceparent.ts';

type Services = UnaryServerOptions['services'];
type Handler = Services[string];

export interface TracingOptions {
  /** `service.name` of the spans. */
  readonly component: string;
  /** Where spans go, over OTLP/gRPC without TLS. Undefined: nowhere, and calls are not looked at. */
  readonly collector: HostPort | undefined;
}

/** Spans for calls whose caller samples them. */
export interface Tracing {
  /** The same services; each call with a sampled `traceparent` is a span under the caller's. */
  wrap(services: Services): Services;
  /** Sends what is waiting, for a bounded time. */
  close(): Promise<void>;
}

const OFF: Tracing = { wrap: (services) => services, close: async () => undefined };

/** Opens the way to the collector, which need not be there yet. */
export async function openTracing({ component, collector }: TracingOptions): Promise<Tracing> {
  if (collector === undefined) return OFF;
  // The library takes its time to load: only who traces waits for it.
  const { createExporter } = await import('./exporter.ts');
  const exporter = createExporter({ component, collector });
  return {
    wrap: (services) =>
      Object.fromEntries(
        Object.entries(services).map(([path, handle]) => [path, traced(exporter, path.slice(1), handle)]),
      ),
    close: () => exporter.close(),
  };
}

function traced(exporter: Exporter, name: string, handle: Handler): Handler {
  return (message, metadata) => {
    const caller = parseTraceparent(metadata.get('traceparent'));
    if (caller === undefined || !caller.isSampled) return handle(message, metadata);
    const end = exporter.begin(name, caller);
    return ended(end, () => handle(message, metadata));
  };
}

/** Runs the call and ends its span however the call ends. An answer that is a status is an error. */
function ended(end: (isError: boolean) => void, call: () => ReturnType<Handler>): ReturnType<Handler> {
  try {
    const reply = call();
    if (!(reply instanceof Promise)) {
      end(!(reply instanceof Uint8Array));
      return reply;
    }
    return reply.then(
      (late) => {
        end(!(late instanceof Uint8Array));
        return late;
      },
      (error: unknown) => {
        end(true);
        throw error;
      },
    );
  } catch (error) {
    end(true);
    throw error;
  }
}
