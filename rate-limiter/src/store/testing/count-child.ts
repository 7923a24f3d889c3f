import { openKeptStore } from '../embedded-store.ts';
import type { Take } from '../types.ts';

// A process that counts hits of one counter of a day, one each millisecond, until it is killed:
//   node count-child.js FILE NOW_MS
// It prints the number of each hit before it counts it.
const [path = '', now = ''] = process.argv.slice(2);
const nowMs = Number(now);
const DAY_MS = 86_400_000;
const startMs = nowMs - (nowMs % DAY_MS);
const hit: Take = {
  key: 'a',
  group: 'rule',
  meter: { kind: 'window', startMs, endMs: startMs + DAY_MS },
  limit: 1_000_000,
  hits: 1,
  isEnforced: true,
  isQuota: false,
  isSpared: false,
};
const store = await openKeptStore({ path, nowMs, onLost: () => undefined, onChange: () => undefined });
let hits = 0;
setInterval(() => {
  hits += 1;
  process.stdout.write(`${hits}\n`);
  void store.take([hit], nowMs);
}, 1);
