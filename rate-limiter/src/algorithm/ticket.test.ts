import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { step } from './step.ts';
import { readTicket, ticketOf } from './ticket.ts';
import type { Meter } from './types.ts';

const HOLD_MS = 60_000;
const concurrency: Meter = { kind: 'concurrency', holdMs: HOLD_MS };

describe('a ticket', () => {
  const nowMs = 1_795_000_000_000;
  const place = { holdMs: 30_000, nowMs, isLocal: false };

  test.each([
    ['in the same slice', 0, 0],
    ['a hold later', 30_000, 10],
    ['by a replica whose clock is a slice behind', -3_000, -1],
  ])('given back %s is for the slice in which it was taken', (_name, laterMs, age) => {
    const read = readTicket(ticketOf(3, place), { holdMs: 30_000, nowMs: nowMs + laterMs });
    expect(read).toEqual({
      hits: 3,
      slice: Math.floor((nowMs + laterMs) / 3_000) - age,
      isLocal: false,
    });
  });

  test('fits into hits_addend, and says where it was counted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_294_967_295 }),
        fc.nat(4e12),
        fc.boolean(),
        (hits, ms, isLocal) => {
          const ticket = ticketOf(hits, { holdMs: 30_000, nowMs: ms, isLocal });
          if (hits >= 131_072) return ticket === hits;
          const read = readTicket(ticket, { holdMs: 30_000, nowMs: ms });
          return ticket <= 1_000_000_000 && read.hits === hits && read.isLocal === isLocal;
        },
      ),
    );
  });

  test.each([1, 131_071])('%d is no ticket but so many hits', (number) => {
    expect(readTicket(number, { holdMs: 30_000, nowMs })).toEqual({ hits: number, isLocal: false });
  });

  test('a hit whose end nobody told leaves by itself, though others come and go', () => {
    let state = step(concurrency, undefined, { hits: 1, limit: 3 }, nowMs).state;
    for (let atMs = nowMs + 100; atMs < nowMs + 70_000; atMs += 100) {
      state = step(concurrency, state, { hits: 1, limit: 3 }, atMs).state;
      const { hits, slice } = readTicket(ticketOf(1, { holdMs: HOLD_MS, nowMs: atMs, isLocal: false }), {
        holdMs: HOLD_MS,
        nowMs: atMs + 90,
      });
      state = step(concurrency, state, { hits: -hits, limit: 3, slice }, atMs + 90).state;
    }
    expect(step(concurrency, state, { hits: 3, limit: 3 }, nowMs + 70_000).reading.isOver).toBe(false);
  });
});
