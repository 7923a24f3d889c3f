import type { Entry } from '../match/index.ts';
import { QUOTA_LIMITS } from './limits.ts';

/** A bucket as a proxy names it. */
export interface BucketName {
  /** The same for the same domain and pairs, in whatever order they came. */
  readonly key: string;
  readonly domain: string;
  /** Sorted by key. */
  readonly entries: readonly Entry[];
}

/** Reads the id of a bucket; undefined: it has no pairs, an empty text, or is larger than we keep. */
export function readBucketId(
  domain: string,
  pairs: Readonly<Record<string, string>>,
): BucketName | undefined {
  const entries = Object.entries(pairs)
    .map(([key, value]) => ({ key, value }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const characters = entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  if (entries.length === 0 || entries.length > QUOTA_LIMITS.entries) return undefined;
  if (characters > QUOTA_LIMITS.idCharacters) return undefined;
  if (entries.some(({ key, value }) => key === '' || value === '')) return undefined;
  return {
    key: JSON.stringify([domain, ...entries.flatMap(({ key, value }) => [key, value])]),
    domain,
    entries,
  };
}
