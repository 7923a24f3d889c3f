import type { Override } from './types.ts';

/** Whether an override has not ended yet. */
export function holdsAt({ untilMs = Number.POSITIVE_INFINITY }: Override, nowMs: number): boolean {
  return untilMs > nowMs;
}
