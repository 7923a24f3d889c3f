/** Counts events of a key within its present minute. */
export interface Velocity {
  /** Counts one event and gives how many there were in this minute. */
  hit(key: string, now: number): number;
}

const MINUTE_MS = 60_000;
const DEFAULT_MAX_KEYS = 100_000;

/** Fixed one-minute windows in memory. When `maxKeys` are held the oldest key is forgotten. */
export function createVelocity(maxKeys = DEFAULT_MAX_KEYS): Velocity {
  const windows = new Map<string, { readonly minute: number; readonly count: number }>();
  return {
    hit: (key, now) => {
      const minute = Math.floor(now / MINUTE_MS);
      const known = windows.get(key);
      const count = known?.minute === minute ? known.count + 1 : 1;
      // Deleting first moves the key to the end, so that the first key is the one longest unseen.
      windows.delete(key);
      const oldest = windows.keys().next();
      if (windows.size >= maxKeys && oldest.done !== true) windows.delete(oldest.value);
      windows.set(key, { minute, count });
      return count;
    },
  };
}
