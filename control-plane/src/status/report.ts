import type { Finding, PolicyDocument } from '@paymesh/common/policy';

import type { MeshIr } from '../ir/index.ts';
import type { Nack } from '../server/index.ts';
import { type MeshSnapshot, type ResourceType, snapshotFor } from '../snapshot/index.ts';
import type { StreamStatus, TypeStatus } from './proxies.ts';
import { placesOf } from './sources.ts';

/** What the report is made of. */
export interface ReportInput {
  readonly mesh: MeshSnapshot | undefined;
  readonly ir: MeshIr | undefined;
  /** What `ir` was made of. */
  readonly documents: readonly PolicyDocument[];
  readonly streams: readonly StreamStatus[];
  /** Of the newest load, applied or not. */
  readonly findings: readonly Finding[];
  /** When the state in force was applied. */
  readonly lastGoodSinceMs: number | undefined;
  /** The newest load had errors: what is in force is older than the files. */
  readonly isBehind: boolean;
  /** Why, when no finding tells. */
  readonly failure?: string;
}

/** Answer of the admin path `/status`. */
export interface StatusReport {
  readonly revision?: string;
  readonly lastGoodSince?: string;
  /** True while a broken edit is not applied. */
  readonly isBehind: boolean;
  readonly findings: readonly Finding[];
  readonly failure?: string;
  /** Every proxy of the mesh, and every other and every rate limiter that is connected, by name. */
  readonly proxies: readonly ProxyReport[];
}

export interface ProxyReport {
  readonly node: string;
  readonly isConnected: boolean;
  /** A rate limiter, or the mesh has a Workload of this name. */
  readonly isKnown: boolean;
  /** Connected, and known to run all that it should. */
  readonly isUpToDate: boolean;
  readonly connectedSince?: string;
  readonly types?: Readonly<Record<ResourceType, TypeReport>>;
}

export interface TypeReport {
  readonly sent?: string;
  readonly acked?: string;
  readonly isLate: boolean;
  readonly nacks: readonly (Omit<Nack, 'type' | 'atMs'> & {
    readonly at: string;
    /** Where the values in the refused resources were typed. */
    readonly sources: readonly string[];
  })[];
}

/** Sets what is in force beside what each proxy has, by node; a proxy that never connected is there too. */
export function reportStatus(input: ReportInput): StatusReport {
  const { mesh, streams, lastGoodSinceMs } = input;
  // Where a proxy has two streams, the newest is the one that it uses.
  const newest = new Map(streams.map((stream) => [stream.node, stream]));
  const nodes = [...new Set([...(mesh?.nodes.keys() ?? []), ...newest.keys()])].sort();
  return {
    ...(mesh === undefined ? {} : { revision: mesh.revision }),
    ...(lastGoodSinceMs === undefined ? {} : { lastGoodSince: isoTime(lastGoodSinceMs) }),
    isBehind: input.isBehind,
    findings: input.findings,
    ...(input.failure === undefined ? {} : { failure: input.failure }),
    proxies: nodes.map((node) => reportProxy(input, node, newest.get(node))),
  };
}

/** True when the proxy runs the whole of the snapshot that the mesh has for it. */
export function isUpToDate(mesh: MeshSnapshot | undefined, stream: StreamStatus): boolean {
  const snapshot = snapshotFor(mesh, stream.node);
  return snapshot !== undefined && snapshot.version === stream.syncedVersion;
}

function reportProxy(input: ReportInput, node: string, stream: StreamStatus | undefined): ProxyReport {
  const isKnown = snapshotFor(input.mesh, node) !== undefined;
  if (stream === undefined) return { node, isConnected: false, isKnown, isUpToDate: false };
  const of = (type: ResourceType) => reportType(input, node, stream.types[type]);
  return {
    node,
    isConnected: true,
    isKnown,
    isUpToDate: isUpToDate(input.mesh, stream),
    connectedSince: isoTime(stream.connectedSinceMs),
    types: {
      cluster: of('cluster'),
      endpoint: of('endpoint'),
      listener: of('listener'),
      route: of('route'),
      policySet: of('policySet'),
    },
  };
}

function reportType(input: ReportInput, node: string, { nacks, ...status }: TypeStatus): TypeReport {
  return {
    ...status,
    nacks: nacks.map(({ type, atMs, ...nack }) => ({
      ...nack,
      at: isoTime(atMs),
      sources: placesOf(input, { node, type, ...nack }),
    })),
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
