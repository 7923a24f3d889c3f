import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The part of a registry that counts; one of prom-client fits. */
export interface Readable {
  metrics(): Promise<string>;
}

/** Number of series that a scrape of the registry would print. */
export async function seriesOf(registry: Readable): Promise<number> {
  return seriesIn(await registry.metrics());
}

/** Number of series in a text of the Prometheus format. */
export function seriesIn(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

/** Bytes that are kept after the work and were not before it, garbage left out. */
export async function heapGrowthOf(work: () => void | Promise<void>): Promise<number> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  await work();
  collect();
  return process.memoryUsage().heapUsed - before;
}
