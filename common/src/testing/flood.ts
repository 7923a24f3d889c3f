import { spawnSync } from 'node:child_process';

import { createNumberedBytes } from './numbered-bytes.ts';
import { heapGrowthOf, type Readable, seriesOf } from './series.ts';

/** What is to be flooded. */
export interface Flood {
  readonly registry: Readable;
  /** Messages that are sent in turns, each time with another number where `NUMBER` stands. */
  readonly templates: readonly Uint8Array[];
  readonly send: (message: Buffer) => unknown;
  /** Calls before anything is measured: caches are full then. */
  readonly warmUp: number;
  readonly calls: number;
}

/** What a flood left behind. */
export interface FloodReport {
  readonly seriesBefore: number;
  readonly seriesAfter: number;
  /** Bytes that are kept after the calls and were not before. */
  readonly heapGrowth: number;
  /** Last scrape, in the text format. */
  readonly metrics: string;
}

/** Floods, and prints the report as one line of JSON: the work of a program that `runFlood` starts. */
export async function printFlood({ registry, templates, send, warmUp, calls }: Flood): Promise<void> {
  const messages = templates.map(createNumberedBytes);
  let number = 0;
  const ask = async (count: number): Promise<void> => {
    for (let round = 0; round < count / messages.length; round += 1)
      for (const message of messages) {
        number += 1;
        await send(message(number));
      }
  };
  await ask(warmUp);
  const seriesBefore = await seriesOf(registry);
  const heapGrowth = await heapGrowthOf(() => ask(calls));
  const seriesAfter = await seriesOf(registry);
  const report: FloodReport = { seriesBefore, seriesAfter, heapGrowth, metrics: await registry.metrics() };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/**
 * Runs a built program that prints a flood. In a process of its own: below jest a million calls take many times as long,
 * and their garbage is not alone on the heap.
 */
export function runFlood(program: string): FloodReport {
  const done = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`the flood ended with ${done.status ?? done.signal}: ${done.stderr}`);
  return JSON.parse(done.stdout) as FloodReport;
}
