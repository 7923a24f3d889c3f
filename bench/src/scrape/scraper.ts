import { setTimeout as pause } from 'node:timers/promises';

import type { ScrapeTarget } from '@paymesh/common/testing';

/** Reads one target to its end, as Prometheus does: on a connection that is kept. Gives the number of bytes. */
export async function scrape({ name, address, path = '/metrics' }: ScrapeTarget): Promise<number> {
  const response = await fetch(`http://${address}${path}`, { headers: { accept: 'text/plain' } });
  if (!response.ok) throw new Error(`${name} answered ${response.status} to a scrape`);
  return (await response.arrayBuffer()).byteLength;
}

/** Scrapes every target once in `everyMs`, one after the other over that time, until it is called off. */
export async function scrapeUntil(
  over: AbortSignal,
  targets: readonly ScrapeTarget[],
  everyMs: number,
): Promise<void> {
  const start = performance.now();
  for (let index = 0; !over.aborted; index += 1) {
    const dueMs = start + (index * everyMs) / targets.length - performance.now();
    if (dueMs > 0) await pause(dueMs);
    const target = targets[index % targets.length];
    if (target !== undefined) await scrape(target);
  }
}
