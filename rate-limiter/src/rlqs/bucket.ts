import { type Assignment, assignmentFor, isSame } from './assignment.ts';
import type { BucketName } from './bucket-id.ts';
import { type Demand, demandsIn } from './demand.ts';
import { RENEW_MS, SILENT_MS } from './limits.ts';
import type { FindQuotaRule, QuotaRule } from './rule.ts';
import { ownPart, share } from './share.ts';

/** What one stream has of a bucket. */
export interface Member {
  demand: Demand;
  share: number;
  /** Undefined until it was told something. */
  sent: Assignment | undefined;
  sentAtMs: number;
  /** When it last told of a request. */
  usedAtMs: number;
}

/** A bucket and the streams that have it, by their name. Changed in place: there may be 100 000. */
export interface Bucket {
  readonly name: BucketName;
  readonly members: Map<string, Member>;
  rule: QuotaRule | undefined;
  /** False once the limit or the streams have changed since shares were last made. */
  isSettled: boolean;
}

/** A bucket without streams. */
export function createBucket(name: BucketName, find: FindQuotaRule): Bucket {
  return { name, members: new Map(), rule: find(name.domain, name.entries), isSettled: false };
}

/** Divides the limit anew. `peers`: requests a second that other replicas are asked for. */
export function settle(bucket: Bucket, nowMs: number, peers: number): void {
  const { rule } = bucket;
  if (rule === undefined) return;
  const members = [...bucket.members.values()];
  const demands = demandsIn(
    rule.periodMs,
    members.map(({ demand }) => demand),
  );
  const turn = Math.floor(nowMs / Math.max(rule.periodMs, LEAST_TURN_MS));
  const own = demands.reduce((sum, one) => sum + one, 0);
  const limit = ownPart(rule.requests, own, (peers * rule.periodMs) / 1_000);
  const isComparable = bucket.isSettled && members.reduce((sum, one) => sum + one.share, 0) === limit;
  const shares = share(
    { limit, demands, turn },
    isComparable ? members.map((member) => member.share) : undefined,
  );
  for (const [index, member] of members.entries()) member.share = shares[index] ?? 0;
  bucket.isSettled = true;
}

const LEAST_TURN_MS = 60_000;

/** What a stream must be told now, if anything; it is taken to be told. */
export function nextTold(bucket: Bucket, member: Member, nowMs: number): Assignment | undefined {
  const next = assignmentFor(bucket.rule, member.share, member.sent);
  if (isSame(member.sent, next) && nowMs - member.sentAtMs < RENEW_MS) return undefined;
  member.sent = next;
  member.sentAtMs = nowMs;
  return next;
}

/** Nobody has asked this stream for long enough that its tokens are back anyway. */
export function isSilent({ rule }: Bucket, { usedAtMs }: Member, nowMs: number): boolean {
  return nowMs - usedAtMs > Math.max(SILENT_MS, rule?.periodMs ?? 0);
}

/** Requests a second that the streams of this replica are asked for. */
export function demandOf({ members }: Bucket): number {
  return [...members.values()].reduce((sum, { demand }) => sum + (demand.perSecond ?? 0), 0);
}
