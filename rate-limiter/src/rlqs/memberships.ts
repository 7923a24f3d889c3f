import { type Bucket, createBucket, type Member } from './bucket.ts';
import type { BucketName } from './bucket-id.ts';
import { QUOTA_LIMITS } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { FindQuotaRule } from './rule.ts';

/** A stream of a proxy and the buckets that it has told of. */
export interface Stream {
  readonly id: string;
  /** Empty until the first report. */
  domain: string;
  readonly outbox: Outbox;
  readonly buckets: Set<Bucket>;
}

/** Which stream has which bucket, within bounds. */
export interface Memberships {
  readonly streams: ReadonlyMap<string, Stream>;
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** Undefined: there are as many streams as we keep. */
  open(name: string, outbox: Outbox): Stream | undefined;
  /** Gives the buckets that it leaves behind with others. */
  close(stream: Stream): readonly Bucket[];
  memberOf(stream: Stream, name: BucketName): Member | undefined;
  /** Undefined: there is no room for one more. */
  join(stream: Stream, name: BucketName, nowMs: number): Bucket | undefined;
  leave(stream: Stream, bucket: Bucket): void;
}

/** With nobody in it. A bucket lives as long as a stream has it. */
export function createMemberships(find: FindQuotaRule): Memberships {
  const streams = new Map<string, Stream>();
  const buckets = new Map<string, Bucket>();
  let opened = 0;
  const leave = (stream: Stream, bucket: Bucket): void => {
    stream.buckets.delete(bucket);
    bucket.members.delete(stream.id);
    bucket.isSettled = false;
    if (bucket.members.size === 0) buckets.delete(bucket.name.key);
  };
  return {
    streams,
    buckets,
    open: (name, outbox) => {
      if (streams.size >= QUOTA_LIMITS.streams) return undefined;
      opened += 1;
      const stream = { id: `${name}#${opened}`, domain: '', outbox, buckets: new Set<Bucket>() };
      streams.set(stream.id, stream);
      return stream;
    },
    close: (stream) => {
      const left = [...stream.buckets];
      for (const bucket of left) leave(stream, bucket);
      streams.delete(stream.id);
      return left.filter(({ members }) => members.size > 0);
    },
    memberOf: (stream, { key }) => buckets.get(key)?.members.get(stream.id),
    join: (stream, name, nowMs) => {
      const known = buckets.get(name.key);
      const isFull = known === undefined && buckets.size >= QUOTA_LIMITS.buckets;
      if (isFull || stream.buckets.size >= QUOTA_LIMITS.bucketsPerStream) return undefined;
      const bucket = known ?? createBucket(name, find);
      buckets.set(name.key, bucket);
      stream.buckets.add(bucket);
      bucket.members.set(stream.id, newMember(nowMs));
      bucket.isSettled = false;
      return bucket;
    },
    leave,
  };
}

function newMember(nowMs: number): Member {
  return {
    demand: { perSecond: undefined, atMs: nowMs },
    share: 0,
    sent: undefined,
    sentAtMs: 0,
    usedAtMs: nowMs,
  };
}
