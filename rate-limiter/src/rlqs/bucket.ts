import { createHash } from 'node:crypto';

import { type Assignment, assignmentFor, isSame } from './assignment.ts';
import type { BucketName } from './bucket-id.ts';
import { type Demand, demandsIn } from './demand.ts';
import { RENEW_MS, SILENT_MS } from './limits.ts';
import { type ReplicaPart, replicaPart } from './replica-part.ts';
import type { FindQuotaRule, QuotaRule } from './rule.ts';
import { share } from './share.ts';
import type { QuotaPeers } from './types.ts';

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
  /** Names the bucket among replicas. */
  readonly digest: string;
  readonly members: Map<string, Member>;
  rule: QuotaRule | undefined;
  /** False once the limit or the streams have changed since shares were last made. */
  isSettled: boolean;
  /** How replicas have divided the limit; undefined while this one has all of it. */
  part: ReplicaPart | undefined;
}

/** A bucket without streams. */
export function createBucket(name: BucketName, find: FindQuotaRule): Bucket {
  return {
    name,
    digest: createHash('sha256').update(name.key).digest('base64url').slice(0, DIGEST_CHARACTERS),
    members: new Map(),
    rule: find(name.domain, name.entries),
    isSettled: false,
    part: undefined,
  };
}

/** Short enough to send each second, long enough that two never meet: 120 bits. */
const DIGEST_CHARACTERS = 20;

/** Divides the limit anew: among replicas, then what is ours among streams. */
export function settle(bucket: Bucket, nowMs: number, peers: QuotaPeers | undefined): void {
  const { rule } = bucket;
  if (rule === undefined) return;
  const members = [...bucket.members.values()];
  const demands = demandsIn(
    rule.periodMs,
    members.map(({ demand }) => demand),
  );
  const turn = Math.floor(nowMs / Math.max(rule.periodMs, LEAST_TURN_MS));
  bucket.part = replicaPart({ rule, digest: bucket.digest, own: demandOf(bucket), turn }, peers, bucket.part);
  const limit = bucket.part?.requests ?? rule.requests;
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

/** Requests a second that the streams of this replica are asked for; undefined until one is known. */
export function demandOf({ members }: Bucket): number | undefined {
  const known = [...members.values()].flatMap(({ demand }) => demand.perSecond ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0);
}
