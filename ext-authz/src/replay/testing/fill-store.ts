import { createEmbeddedStore } from '../embedded-store.ts';
import { openNonceFile } from '../nonce-file.ts';

// Fills a store and prints, as one line of JSON, what it cost:
//   node fill-store.js NONCES [FILE]
const [count = '1000000', path] = process.argv.slice(2);
const nonces = Number(count);
const file = path === undefined ? undefined : await openNonceFile({ path, onTrouble: refuse });
const store = createEmbeddedStore({ file });
let longestMs = 0;
const startedMs = performance.now();
for (let index = 0; index < nonces; index += 1) {
  const beforeMs = performance.now();
  const claim = await store.claim(`tenant/key-1 0f8fad5bd9cb469f-${index}`, 300_000, `stream ${index}`);
  longestMs = Math.max(longestMs, performance.now() - beforeMs);
  if (claim !== 'fresh') throw new Error(`claim ${index} is ${claim}`);
}
const microseconds = ((performance.now() - startedMs) * 1_000) / nonces;
const { rss } = process.memoryUsage();
const line = { nonces: store.size(), microseconds, longestMs, rssMegabytes: rss / 2 ** 20 };
process.stdout.write(`${JSON.stringify(line)}\n`);
await store.close();

function refuse(message: string): never {
  throw new Error(message);
}
