import type { Entry } from '../match/index.ts';
import type { Assignment } from './assignment.ts';

/** What a proxy is told of a bucket: what it may let pass, or to forget it. */
export interface QuotaAction {
  /** The pairs of the bucket id. */
  readonly id: Readonly<Record<string, string>>;
  readonly what: Assignment | { readonly kind: 'abandon' };
  /** How long an assignment holds; nothing to one that abandons. */
  readonly ttlSeconds: number;
}

/** What a proxy tells of a bucket. */
export interface QuotaUsage {
  readonly id: Readonly<Record<string, string>>;
  /** Requests since the last report, passed and refused. */
  readonly hits: number;
}

/** What became of a report. */
export type ReportResult =
  | { readonly kind: 'taken' }
  /** The stream must end. */
  | { readonly kind: 'invalid'; readonly message: string };

/** One stream of a proxy. */
export interface QuotaStream {
  report(domain: string, usages: readonly QuotaUsage[]): ReportResult;
  /** There is room to send again. */
  resume(): void;
  close(): void;
}

/** Told what happens, for metrics. */
export interface QuotaObserver {
  /** How many there are now. */
  sized(streams: number, buckets: number): void;
  told(kind: QuotaAction['what']['kind']): void;
}

/** What other replicas of the limiter are asked for, so that they divide a limit among them. */
export interface QuotaPeers {
  /** Name of this replica among them. */
  readonly replica: string;
  /** Requests a second of a bucket, by replica; only of those whose proxies have it. */
  demandsOf(digest: string): ReadonlyMap<string, number>;
  /** Requests a second of this replica by digest of the bucket; called on each tick. */
  tell(demands: ReadonlyMap<string, number>): void;
}

/** A bucket as the admin port shows it. */
export interface QuotaView {
  readonly domain: string;
  readonly id: readonly Entry[];
  /** Label of the rule; absent where there is none. */
  readonly limit?: string;
  readonly requests?: number;
  readonly periodMs?: number;
  readonly streams: readonly {
    readonly stream: string;
    readonly demandPerSecond: number;
    readonly share: number;
    readonly assignment: Assignment | undefined;
  }[];
}
