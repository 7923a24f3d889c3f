import type { Contestant } from '../contestant.ts';
import { type Cores, runPinned } from '../pinned.ts';
import type { LoadResult, LoadSpec } from './load-spec.ts';

/** Sends a contestant its messages, from a process of its own, and gives what came of it. */
export async function load(
  { load: core }: Cores,
  { server, path, messages, wantsAllow }: Contestant,
  amount: Pick<LoadSpec, 'requests' | 'perSecond'>,
): Promise<LoadResult> {
  const spec: LoadSpec = { port: server.port, path, messages, wantsAllow, ...amount };
  return (await runPinned(core, 'load.js', spec)) as LoadResult;
}
