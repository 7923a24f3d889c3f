import type { Method } from './method.ts';
import { Code } from './status.ts';

/** grpc.health.v1 of the whole server, which is the service of the empty name, and of others that stand for it. */
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

/** NOT_SERVING until told otherwise; `names` are as good as the empty one. (grpc/doc/health-checking.md) */
export function createHealth(names: readonly string[] = []): Health {
  const known = [Buffer.alloc(0), ...['', ...names].map(requestOf)];
  const isKnown = (message: Buffer): boolean => known.some((one) => one.equals(message));
  let status = NOT_SERVING;
  const watchers = new Set<(message: Uint8Array) => void>();
  const check: Method = {
    kind: 'unary',
    handle: (message) =>
      isKnown(message)
        ? status
        : { code: Code.notFound, details: `known services are ${['""', ...names].join(' and ')}` },
  };
  const watch: Method = {
    kind: 'watch',
    open: (message, send) => {
      const isOurs = isKnown(message);
      send(isOurs ? status : SERVICE_UNKNOWN);
      // The stream of an unknown service stays open too: it may be known one day.
      if (isOurs) watchers.add(send);
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

/** The request for a service of less than 128 bytes, spelt out; one for the whole server may also be empty. */
function requestOf(name: string): Buffer {
  const bytes = Buffer.from(name);
  return Buffer.concat([Buffer.of(SERVICE_TAG, bytes.byteLength), bytes]);
}
