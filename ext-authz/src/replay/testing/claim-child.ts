import { createInterface } from 'node:readline';

import { createEmbeddedStore } from '../embedded-store.ts';
import { openNonceFile } from '../nonce-file.ts';

// A process of its own that claims each key it reads, a line each, for so many milliseconds:
//   node claim-child.js FILE TTL_MS
// It prints the claims in order, and before them one line of what it was told of at the start.
const [path = '', ttlMs = ''] = process.argv.slice(2);
const troubles: string[] = [];
const file = await openNonceFile({ path, onTrouble: (message) => troubles.push(message) });
const store = createEmbeddedStore({ file });
process.stdout.write(`${JSON.stringify(troubles)}\n`);
for await (const key of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await store.claim(key, Number(ttlMs))}\n`);
}
await store.close();
