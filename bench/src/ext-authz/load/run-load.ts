import { type Contestant, PATH } from '../contestant.ts';
import { type Cores, runPinned } from '../pinned.ts';
import type { LoadResult, LoadSpec } from './load-spec.ts';

/** Sends a contestant requests that are all different, from a process of its own, and gives what came of it. */
export async function load(
  { load: core }: Cores,
  { server, case: { name }, wantsAllow }: Contestant,
  amount: Pick<LoadSpec, 'requests' | 'perSecond'>,
): Promise<LoadResult> {
  const spec: LoadSpec = { port: server.port, path: PATH, caseName: name, wantsAllow, ...amount };
  return (await runPinned(core, './load/load.js', spec)) as LoadResult;
}
