import type { QuotaRule } from './rule.ts';
import { share } from './share.ts';
import type { QuotaPeers } from './types.ts';

/** How replicas divide one limit, as this one sees it. */
export interface ReplicaPart {
  /** Of this replica. */
  readonly requests: number;
  /** Names of all, sorted. */
  readonly replicas: readonly string[];
  readonly shares: readonly number[];
  /** The limit that was divided. */
  readonly limit: number;
}

export interface ReplicaPartInput {
  readonly rule: QuotaRule;
  readonly digest: string;
  /** Requests a second of this replica; undefined: not known yet, taken to be as of the others. */
  readonly own: number | undefined;
  readonly turn: number;
}

/**
 * The part of this replica, undefined while it is alone. Each divides by itself, by the same demands in the same order, so
 * that parts add up to the limit; while they differ in what they have heard, sums are off by as much as parts may be kept.
 */
export function replicaPart(
  { rule, digest, own, turn }: ReplicaPartInput,
  peers: QuotaPeers | undefined,
  previous: ReplicaPart | undefined,
): ReplicaPart | undefined {
  const others = peers?.demandsOf(digest);
  if (peers === undefined || others === undefined || others.size === 0) return undefined;
  const usual = [...others.values()].reduce((sum, one) => sum + one, 0) / others.size;
  const all = new Map(others).set(peers.replica, own ?? usual);
  const replicas = [...all.keys()].toSorted();
  const demands = replicas.map((replica) => ((all.get(replica) ?? 0) * rule.periodMs) / 1_000);
  const isComparable = previous?.limit === rule.requests && previous.replicas.join() === replicas.join();
  const shares = share({ limit: rule.requests, demands, turn }, isComparable ? previous.shares : undefined);
  const requests = shares[replicas.indexOf(peers.replica)] ?? 0;
  return { requests, replicas, shares, limit: rule.requests };
}
