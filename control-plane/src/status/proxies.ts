import type { AdsEvent, Nack, SentResponse } from '../server/index.ts';
import type { ResourceType } from '../snapshot/index.ts';

/** What one proxy runs of one resource type, as it told. */
export interface TypeStatus {
  /** Version of the newest response written. */
  readonly sent?: string;
  /** Version of the newest response that the proxy accepted. */
  readonly acked?: string;
  /** Refusals not yet mended, oldest first. */
  readonly nacks: readonly Nack[];
  /** The proxy did not answer the newest response in time: most likely it warms clusters. */
  readonly isLate: boolean;
}

/** One stream, which is one connected proxy. */
export interface StreamStatus {
  readonly stream: number;
  readonly node: string;
  readonly connectedSinceMs: number;
  /** Version of the newest snapshot that the proxy is known to run completely. */
  readonly syncedVersion?: string;
  readonly types: Readonly<Record<ResourceType, TypeStatus>>;
}

/** Follows the events of all streams. State is kept by stream: a proxy may have two for a moment. */
export interface ProxyTable {
  observe(event: AdsEvent): void;
  /** The open streams, oldest first. */
  streams(): readonly StreamStatus[];
}

const MAX_NACKS = 16;
const UNKNOWN: TypeStatus = { nacks: [], isLate: false };

/** A table without streams; refusals beyond the newest of a type are forgotten. */
export function createProxyTable(): ProxyTable {
  const streams = new Map<number, StreamStatus>();
  return {
    observe: (event) => {
      const next = afterEvent(streams.get(event.stream), event);
      if (next === undefined) streams.delete(event.stream);
      else streams.set(event.stream, next);
    },
    streams: () => [...streams.values()],
  };
}

function afterEvent(before: StreamStatus | undefined, event: AdsEvent): StreamStatus | undefined {
  if (event.kind === 'open') return opened(event);
  if (before === undefined || event.kind === 'close') return undefined;
  if (event.kind === 'failed') return before;
  if (event.kind === 'synced') return { ...before, syncedVersion: event.version };
  const type = event.kind === 'nack' ? event.nack.type : event.type;
  const status = before.types[type];
  switch (event.kind) {
    case 'sent':
      return withType(before, type, { ...status, sent: event.response.version });
    case 'late':
      return withType(before, type, { ...status, isLate: true });
    case 'nack':
      return withType(before, type, {
        ...status,
        isLate: false,
        nacks: [...status.nacks.filter((nack) => !isRepeated(nack, event.nack)), event.nack].slice(
          -MAX_NACKS,
        ),
      });
    case 'ack':
      return withType(before, type, {
        ...status,
        isLate: false,
        acked: event.response.version,
        nacks: status.nacks.filter((nack) => !isMended(nack, event.response)),
      });
    default:
      return event satisfies never;
  }
}

function opened({ stream, node, atMs }: AdsEvent & { readonly kind: 'open' }): StreamStatus {
  const types = {
    cluster: UNKNOWN,
    endpoint: UNKNOWN,
    listener: UNKNOWN,
    route: UNKNOWN,
    policySet: UNKNOWN,
  };
  return { stream, node, connectedSinceMs: atMs, types };
}

function withType(before: StreamStatus, type: ResourceType, status: TypeStatus): StreamStatus {
  return { ...before, types: { ...before.types, [type]: status } };
}

/** The same content refused once more, as a listener may be with each new state. */
function isRepeated(before: Nack, { version, names }: Nack): boolean {
  return before.version === version && before.names.join() === names.join();
}

/** Lists of clusters and listeners are complete, so any accepted one mends; else one with a refused resource. */
function isMended({ type, names }: Nack, accepted: SentResponse): boolean {
  return type === 'cluster' || type === 'listener' || names.some((name) => accepted.resources.has(name));
}
