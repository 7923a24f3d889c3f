/** Ids that a source was asked for and did not have, for a while. */
export interface UnknownIds {
  has(id: string, nowMs: number): boolean;
  add(id: string, nowMs: number): void;
  clear(): void;
}

/** How long an id is known to be unknown, in milliseconds. */
const TTL_MS = 30_000;
/** Most ids; beyond it the oldest is forgotten. */
const MAX_IDS = 1_000;

/** None at first. All live equally long, so the oldest is the first to end. */
export function createUnknownIds(): UnknownIds {
  const untilMs = new Map<string, number>();
  return {
    has: (id, nowMs) => (untilMs.get(id) ?? 0) > nowMs,
    add: (id, nowMs) => {
      untilMs.delete(id);
      untilMs.set(id, nowMs + TTL_MS);
      const [oldest] = untilMs.keys();
      if (untilMs.size > MAX_IDS && oldest !== undefined) untilMs.delete(oldest);
    },
    clear: () => untilMs.clear(),
  };
}
