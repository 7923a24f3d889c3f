import { createEmbeddedStore } from '../embedded-store.ts';
import type { Take } from '../types.ts';

// Fills a store with counters of one rule, windows of a day, and prints, as one line of JSON, what it cost:
//   node --expose-gc fill-store.js COUNTERS
const [count = '1000000'] = process.argv.slice(2);
const counters = Number(count);
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 1, 12);
const startMs = NOW_MS - (NOW_MS % DAY_MS);
const meter = { kind: 'window', startMs, endMs: startMs + DAY_MS } as const;
const store = createEmbeddedStore();
const kept = { longestMs: 0, refused: 0 };

const firstMicroseconds = await microsecondsOfAll();
const knownMicroseconds = await microsecondsOfAll();
const { rss } = process.memoryUsage();
globalThis.gc?.();
const bytesPerCounter = process.memoryUsage().arrayBuffers / counters;
const line = { ...kept, firstMicroseconds, knownMicroseconds, rssMegabytes: rss / 2 ** 20, bytesPerCounter };
process.stdout.write(`${JSON.stringify(line)}\n`);
await store.close();

/** A hit for each counter; all times are those of the CPU, whatever else this machine does. */
async function microsecondsOfAll(): Promise<number> {
  const started = cpuMicroseconds();
  let before = started;
  for (let index = 0; index < counters; index += 1) {
    const taken = await store.take([takeOf(index)], NOW_MS);
    const after = cpuMicroseconds();
    kept.longestMs = Math.max(kept.longestMs, (after - before) / 1_000);
    before = after;
    if (taken.kind !== 'counted' || taken.readings[0] === undefined) kept.refused += 1;
  }
  return (before - started) / counters;
}

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** As a policy names a limit of two entries. */
function takeOf(index: number): Take {
  return {
    key: `paymesh:rl:{7:paymesh}:day|6:policy14:default/limits|8:merchant${15 + index.toString().length}:merchant-number-${index}:`,
    group: 'paymesh|policy/default/limits',
    meter,
    limit: 1_000,
    hits: 1,
    isEnforced: true,
    isQuota: false,
    isSpared: false,
  };
}
