import type { Json, JsonObject } from '../match/index.ts';

/** Puts the metadata of rules together as envoyproxy/ratelimit does: maps are merged, of other values the first stays. */
export function mergeMetadata(first: JsonObject | undefined, second: JsonObject): JsonObject {
  if (first === undefined) return second;
  const merged: Record<string, Json> = { ...second, ...first };
  for (const [key, value] of Object.entries(second)) {
    const kept = first[key];
    if (isMap(kept) && isMap(value)) merged[key] = mergeMetadata(kept, value);
  }
  return merged;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
