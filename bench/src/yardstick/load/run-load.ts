import type { Contestant } from '../contestant.ts';
import { type Cores, runPinned } from '../pinned.ts';
import type { LoadResult, LoadSpec } from './load-spec.ts';

/** As fast as it can: seldom any pause to collect young objects. */
const FAST = ['--min-semi-space-size=64', '--max-semi-space-size=64'];
/**
 * At a steady rate: often a pause, each of a tenth of a millisecond, and no thread of V8 that wants the core too. With
 * a large room for young objects the pauses of the load are what is seen in the slowest hundredth.
 */
const STEADY = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--single-threaded'];

/** Sends a contestant its messages, from a process of its own, and gives what came of it. */
export async function load(
  { load: core }: Cores,
  { server, path, messages, wantsAllow }: Contestant,
  amount: Pick<LoadSpec, 'requests' | 'perSecond'>,
): Promise<LoadResult> {
  const spec: LoadSpec = { port: server.port, path, messages, wantsAllow, ...amount };
  const flags = amount.perSecond === undefined ? FAST : STEADY;
  return (await runPinned(core, 'load.js', spec, flags)) as LoadResult;
}
