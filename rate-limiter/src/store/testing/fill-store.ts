import { createEmbeddedStore } from '../embedded-store.ts';
import type { Take } from '../types.ts';

// Fills a store with counters of windows of a day and prints, as one line of JSON, what it cost:
//   node fill-store.js COUNTERS
const [count = '1000000'] = process.argv.slice(2);
const counters = Number(count);
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 1, 12);
const startMs = NOW_MS - (NOW_MS % DAY_MS);
const meter = { kind: 'window', startMs, endMs: startMs + DAY_MS } as const;
/** Each takes at most what it leaves free. */
const GROUPS = 1_000;
const store = createEmbeddedStore({ maxCounters: counters + counters / GROUPS });
const kept = { longestMs: 0, refused: 0 };

const firstMicroseconds = await microsecondsOfAll();
const knownMicroseconds = await microsecondsOfAll();
const { rss } = process.memoryUsage();
const line = { ...kept, firstMicroseconds, knownMicroseconds, rssMegabytes: rss / 2 ** 20 };
process.stdout.write(`${JSON.stringify(line)}\n`);
await store.close();

/** A hit for each counter. */
async function microsecondsOfAll(): Promise<number> {
  const startedMs = performance.now();
  for (let index = 0; index < counters; index += 1) {
    const beforeMs = performance.now();
    const taken = await store.take([takeOf(index)], NOW_MS);
    kept.longestMs = Math.max(kept.longestMs, performance.now() - beforeMs);
    if (taken.kind !== 'counted' || taken.readings[0] === undefined) kept.refused += 1;
  }
  return ((performance.now() - startedMs) * 1_000) / counters;
}

/** As a policy names a limit of two entries. */
function takeOf(index: number): Take {
  return {
    key: `paymesh:rl:{7:paymesh}:day|6:policy14:default/limits|8:merchant${15 + index.toString().length}:merchant-number-${index}:`,
    group: `paymesh|${index % GROUPS}`,
    meter,
    limit: 1_000,
    hits: 1,
    isEnforced: true,
    isSpared: false,
  };
}
