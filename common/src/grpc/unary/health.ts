import type { Method } from './method.ts';
import { Code } from './status.ts';

/** grpc.health.v1 of the whole server, which is the service of the empty name. */
export interface Health {
  readonly methods: ReadonlyMap<string, Method>;
  setServing(isServing: boolean): void;
}

// HealthCheckResponse {status}: the tag 0x08 and the enum value.
const SERVING = Uint8Array.of(0x08, 1);
const NOT_SERVING = Uint8Array.of(0x08, 2);
const SERVICE_UNKNOWN = Uint8Array.of(0x08, 3);
/** Tag of HealthCheckRequest.service. */
const SERVICE_TAG = 0x0a;

/** NOT_SERVING until told otherwise. (grpc/doc/health-checking.md) */
export function createHealth(): Health {
  let status = NOT_SERVING;
  const watchers = new Set<(message: Uint8Array) => void>();
  const check: Method = {
    kind: 'unary',
    handle: (message) =>
      isWholeServer(message)
        ? status
        : { code: Code.notFound, details: 'only the service of the empty name is known' },
  };
  const watch: Method = {
    kind: 'watch',
    open: (message, send) => {
      const isKnown = isWholeServer(message);
      send(isKnown ? status : SERVICE_UNKNOWN);
      // The stream of an unknown service stays open too: it may be known one day.
      if (isKnown) watchers.add(send);
      return () => void watchers.delete(send);
    },
  };
  return {
    methods: new Map<string, Method>([
      ['/grpc.health.v1.Health/Check', check],
      ['/grpc.health.v1.Health/Watch', watch],
    ]),
    setServing: (isServing) => {
      const next = isServing ? SERVING : NOT_SERVING;
      if (next === status) return;
      status = next;
      for (const send of watchers) send(status);
    },
  };
}

/** True for a request that names no service, left out or spelt out as empty. */
function isWholeServer(message: Buffer): boolean {
  return (
    message.byteLength === 0 || (message.byteLength === 2 && message[0] === SERVICE_TAG && message[1] === 0)
  );
}
