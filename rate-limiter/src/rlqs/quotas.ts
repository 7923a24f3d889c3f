import type { Clock } from '@paymesh/common/clock';

import type { Entry } from '../match/index.ts';
import { type Bucket, demandOf, isSilent, nextTold, settle } from './bucket.ts';
import { bucketNamesOf, readBucketId } from './bucket-id.ts';
import { nextDemand } from './demand.ts';
import { LONG_TTL_SECONDS, TTL_SECONDS } from './limits.ts';
import { createMemberships, type Stream } from './memberships.ts';
import { createOutbox } from './outbox.ts';
import type { FindQuotaRule } from './rule.ts';
import type {
  QuotaAction,
  QuotaObserver,
  QuotaPeers,
  QuotaStream,
  QuotaUsage,
  QuotaView,
  ReportResult,
} from './types.ts';
import { viewOf } from './view.ts';

export interface QuotasOptions {
  readonly find: FindQuotaRule;
  /** Asked on each tick: true when `find` may find other limits than before, though the rules are the same. Default: never. */
  readonly hasChanged?: () => boolean;
  readonly clock: Clock;
  readonly observer: QuotaObserver;
  /** Default: this replica is the only one. */
  readonly peers?: QuotaPeers;
}

/** All streams and buckets of this replica. */
export interface Quotas {
  /** `name` is for people; `send` gives false when the stream is full. Undefined: there are as many streams as we keep. */
  open(name: string, send: (actions: readonly QuotaAction[]) => boolean): QuotaStream | undefined;
  /** Call once a second: divides by the limits and demands of now, renews, abandons what is silent. */
  tick(): void;
  /** Looks all limits up again and tells of what has changed, at once. */
  rulesChanged(): void;
  view(): readonly QuotaView[];
  /** How many proxies keep the limit of these entries by themselves. */
  holders(domain: string, entries: readonly Entry[]): number;
}

/** Buckets that the admin port shows at most. */
const MOST_SHOWN = 1_000;

/** Divides limits among the proxies that keep them. */
export function createQuotas({ find, hasChanged, clock, observer, peers }: QuotasOptions): Quotas {
  const memberships = createMemberships(find);
  const { streams, buckets } = memberships;
  const refresh = (bucket: Bucket): void => {
    const now = clock.now();
    settle(bucket, now, peers);
    const ttl = bucket.rule?.outlivesLimiter === true ? LONG_TTL_SECONDS : TTL_SECONDS;
    for (const [id, member] of bucket.members) {
      const told = nextTold(bucket, member, now);
      if (told !== undefined) streams.get(id)?.outbox.put(bucket.name, told, ttl);
    }
  };
  const flush = (): void => {
    for (const { outbox } of streams.values()) outbox.flush();
    observer.sized(streams.size, buckets.size);
  };
  /** Gives the bucket when the stream is new to it. */
  const take = (stream: Stream, { id, hits }: QuotaUsage): Bucket | undefined => {
    const name = readBucketId(stream.domain, id);
    const member = name === undefined ? undefined : memberships.memberOf(stream, name);
    if (member !== undefined) {
      const now = clock.now();
      member.demand = nextDemand(member.demand, hits, now);
      if (hits > 0) member.usedAtMs = now;
      return undefined;
    }
    const joined = name === undefined ? undefined : memberships.join(stream, name, clock.now());
    if (joined === undefined) stream.outbox.refuse(id);
    return joined;
  };
  const report = (stream: Stream, domain: string, usages: readonly QuotaUsage[]): ReportResult => {
    if (stream.domain === '') stream.domain = domain;
    if (stream.domain === '') return { kind: 'invalid', message: 'the first report must name a domain' };
    if (domain !== '' && domain !== stream.domain) {
      return { kind: 'invalid', message: 'a stream is of one domain' };
    }
    for (const bucket of usages.flatMap((usage) => take(stream, usage) ?? [])) refresh(bucket);
    flush();
    return { kind: 'taken' };
  };
  const lookUpAgain = (bucket: Bucket): void => {
    bucket.rule = find(bucket.name.domain, bucket.name.entries);
    bucket.isSettled = false;
  };
  const abandonSilent = (bucket: Bucket): void => {
    for (const [id, member] of bucket.members) {
      const stream = streams.get(id);
      if (stream === undefined || !isSilent(bucket, member, clock.now())) continue;
      memberships.leave(stream, bucket);
      stream.outbox.put(bucket.name, { kind: 'abandon' });
    }
  };
  return {
    open: (name, send) => {
      const stream = memberships.open(name, createOutbox(counted(send, observer)));
      return stream === undefined
        ? undefined
        : {
            report: (domain, usages) => report(stream, domain, usages),
            resume: () => stream.outbox.resume(),
            close: () => {
              for (const bucket of memberships.close(stream)) refresh(bucket);
              flush();
            },
          };
    },
    tick: () => {
      const isOther = hasChanged?.() === true;
      for (const bucket of buckets.values()) {
        if (isOther) lookUpAgain(bucket);
        abandonSilent(bucket);
        refresh(bucket);
      }
      peers?.tell(new Map([...buckets.values()].map((one) => [one.digest, demandOf(one) ?? 0])));
      flush();
    },
    rulesChanged: () => {
      for (const bucket of buckets.values()) {
        lookUpAgain(bucket);
        refresh(bucket);
      }
      flush();
    },
    view: () => [...buckets.values()].slice(0, MOST_SHOWN).map(viewOf),
    holders: (domain, entries) =>
      bucketNamesOf(domain, entries).reduce((sum, { key }) => sum + (buckets.get(key)?.members.size ?? 0), 0),
  };
}

function counted(
  send: (actions: readonly QuotaAction[]) => boolean,
  observer: QuotaObserver,
): (actions: readonly QuotaAction[]) => boolean {
  return (actions) => {
    for (const { what } of actions) observer.told(what.kind);
    return send(actions);
  };
}
