import { SLICES } from './slices.ts';

/** Slices that a ticket tells apart, far more than are kept. */
const TOLD_SLICES = 2_048;
/** Where in a ticket the slice begins. Envoy takes numbers up to 10^9 for hits_addend. */
const SLICE_UNIT = 131_072;

/** What a number that gives hits back says: how many, and of which slice and store, if it says so. */
export interface Ticket {
  readonly hits: number;
  /** Default: nobody knows. */
  readonly slice?: number;
  /** Counted in this process, for the store was away. */
  readonly isLocal: boolean;
}

/** When and where hits of a limit on concurrency were taken. */
export interface TicketPlace {
  readonly holdMs: number;
  readonly nowMs: number;
  readonly isLocal: boolean;
}

/** The number that gives these hits of a limit on concurrency back: of more than 131 071, the hits alone. */
export function ticketOf(hits: number, { holdMs, nowMs, isLocal }: TicketPlace): number {
  if (hits >= SLICE_UNIT) return hits;
  const slice = sliceAt(holdMs, nowMs) % TOLD_SLICES;
  return hits + SLICE_UNIT * (1 + slice + (isLocal ? TOLD_SLICES : 0));
}

/** Reads such a number; one that is no ticket is so many hits. */
export function readTicket(number: number, { holdMs, nowMs }: Omit<TicketPlace, 'isLocal'>): Ticket {
  const code = Math.floor(number / SLICE_UNIT) - 1;
  if (code < 0 || code >= 2 * TOLD_SLICES) return { hits: number, isLocal: false };
  // The clock of the replica that took them may be a slice ahead.
  const latest = sliceAt(holdMs, nowMs) + 1;
  const behind = (((latest - code) % TOLD_SLICES) + TOLD_SLICES) % TOLD_SLICES;
  return { hits: number % SLICE_UNIT, slice: latest - behind, isLocal: code >= TOLD_SLICES };
}

function sliceAt(holdMs: number, nowMs: number): number {
  return Math.floor(nowMs / (holdMs / SLICES));
}
