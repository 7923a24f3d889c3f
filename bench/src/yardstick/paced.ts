import { median } from '../median.ts';
import type { Contestant } from './contestant.ts';
import { describeCollections } from './gc-trace.ts';
import type { LoadResult } from './load/load-spec.ts';
import { load } from './load/run-load.ts';
import type { Cores } from './pinned.ts';

const PER_SECOND = 1_000;
const WINDOW_SECONDS = 5;
/** Odd, so that the median is one of them. */
const WINDOWS = 9;
const WARM_UP = 20_000;

/**
 * Response times at a steady rate, in windows that the contestants take in turns: a machine that others use gives all
 * of them their share of its bad moments. Prints the median of the windows' percentiles, and the best and the worst.
 */
export async function measurePaced(
  contestants: readonly Contestant[],
  cores: Cores,
  print: (line: string) => void,
  goalP99Ms: number,
): Promise<void> {
  for (const contestant of contestants) await load(cores, contestant, { requests: WARM_UP });
  const collected = contestants.map(({ server }) => server.collections?.length ?? 0);
  const windows = new Map<Contestant, LoadResult[]>(contestants.map((contestant) => [contestant, []]));
  const amount = { requests: PER_SECOND * WINDOW_SECONDS, perSecond: PER_SECOND };
  for (let window = 1; window <= WINDOWS; window += 1) {
    for (const [contestant, results] of windows) results.push(await load(cores, contestant, amount));
    print(`# window ${window} of ${WINDOWS}`);
  }
  print(
    `at ${PER_SECOND} a second, ${WINDOWS} windows of ${WINDOW_SECONDS} s in turns: median (best to worst)`,
  );
  for (const [{ name, goal }, results] of windows) {
    const wanted = goal === undefined ? '' : `  (goal: p99 under ${goalP99Ms})`;
    const denied = results.reduce((sum, result) => sum + result.denied, 0);
    const flaw = denied === 0 ? '' : `  (${denied} denied)`;
    print(
      `${name.padEnd(24)} p50 ${spread(results, 'p50Ms')}   p99 ${spread(results, 'p99Ms')}${wanted}${flaw}`,
    );
  }
  const calls = WINDOWS * amount.requests;
  for (const [index, { name, server }] of contestants.entries()) {
    const collections = server.collections?.slice(collected[index]);
    if (collections !== undefined) print(`${name.padEnd(24)} ${describeCollections(collections, calls)}`);
  }
}

function spread(results: readonly LoadResult[], key: 'p50Ms' | 'p99Ms'): string {
  const values = results.map((result) => result[key]);
  const ms = (value: number) => value.toFixed(2);
  return `${ms(median(values))} ms (${ms(Math.min(...values))} to ${ms(Math.max(...values))})`;
}
