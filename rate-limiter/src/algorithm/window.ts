import { type Hits, MAX_COUNT, type Meter, type Step } from './types.ts';

/**
 * The fixed window of envoyproxy/ratelimit: over once the count after the hits is above the limit, so a limit of 5
 * lets the fifth request pass, not the sixth.
 */
export function stepWindow(
  { endMs }: Extract<Meter, { kind: 'window' }>,
  count: number,
  { hits, limit }: Hits,
  nowMs: number,
): Step<number> {
  const state = Math.min(MAX_COUNT, Math.max(0, count + hits));
  const isOver = state > limit;
  const reading = { isOver, remaining: isOver ? 0 : limit - state, resetMs: Math.max(0, endMs - nowMs) };
  return { state, reading };
}
