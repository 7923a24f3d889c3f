import { entriesOfPair, LIMIT_PAIR, limitPairValue } from '@paymesh/common/policy';

import type { Entry } from '../match/index.ts';
import { QUOTA_LIMITS } from './limits.ts';

/** A bucket as a proxy names it. */
export interface BucketName {
  /** The same for the same domain and pairs, in whatever order they came. */
  readonly key: string;
  readonly domain: string;
  /** As the proxy wrote it, and is to be answered. */
  readonly pairs: Readonly<Record<string, string>>;
  /** What the pairs stand for, in the order of their keys. */
  readonly entries: readonly Entry[];
}

/** Reads the id of a bucket; undefined: it has no pairs, an empty text, or is larger than we keep. */
export function readBucketId(
  domain: string,
  pairs: Readonly<Record<string, string>>,
): BucketName | undefined {
  const sorted = Object.entries(pairs).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const characters = sorted.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (sorted.length === 0 || sorted.length > QUOTA_LIMITS.entries) return undefined;
  if (characters > QUOTA_LIMITS.idCharacters) return undefined;
  if (sorted.some(([key, value]) => key === '' || value === '')) return undefined;
  return {
    key: JSON.stringify([domain, ...sorted.flat()]),
    domain,
    pairs,
    entries: sorted.flatMap(([key, value]) => entriesOfPair(key, value)),
  };
}

/** The buckets in which proxies may keep the limit of these entries: pair by pair, or with the pair of a limit. */
export function bucketNamesOf(domain: string, entries: readonly Entry[]): readonly BucketName[] {
  const pairs = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  const { policy, limit, ...others } = pairs;
  const short =
    policy === undefined || limit === undefined
      ? []
      : [{ ...others, [LIMIT_PAIR]: limitPairValue(policy, limit) }];
  return [pairs, ...short].flatMap((id) => readBucketId(domain, id) ?? []);
}
