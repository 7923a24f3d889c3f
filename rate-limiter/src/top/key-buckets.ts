/** Things by their key: some hundred of them, which come and go all the time. */
export interface KeyBuckets<S extends { readonly key: string }> {
  get(key: string): S | undefined;
  /** Its key must not be there. */
  add(item: S): void;
  /** Before its key changes. */
  delete(item: S): void;
}

/** A power of two. */
const BUCKETS = 256;
/** Keys differ at their end, where the values of requests are. Those that do not only take the time of a longer bucket. */
const HASHED_CHARACTERS = 16;

/**
 * No Map: in one in which keys come and go for ever, its outgrown tables keep those of long ago from being collected until
 * the whole heap is.
 */
export function createKeyBuckets<S extends { readonly key: string }>(): KeyBuckets<S> {
  const buckets: S[][] = Array.from({ length: BUCKETS }, () => []);
  const bucketOf = (key: string): S[] => buckets[hash(key) & (BUCKETS - 1)] ?? [];
  return {
    get: (key) => {
      for (const item of bucketOf(key)) if (item.key === key) return item;
      return undefined;
    },
    add: (item) => void bucketOf(item.key).push(item),
    delete: (item) => {
      const bucket = bucketOf(item.key);
      const last = bucket.pop();
      if (last !== undefined && last !== item) bucket[bucket.indexOf(item)] = last;
    },
  };
}

function hash(key: string): number {
  let sum = key.length;
  for (let at = Math.max(0, key.length - HASHED_CHARACTERS); at < key.length; at += 1)
    sum = Math.imul(sum, 31) + key.charCodeAt(at);
  return sum ^ (sum >>> 16);
}
