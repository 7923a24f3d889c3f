import type { MeshIr } from '../../ir/index.ts';
import { type RunningEnvoy, runEnvoy } from './envoy.ts';
import { snapshotsOf, staticBootstrap } from './static-bootstrap.ts';

/** Runs the first proxy of a mesh until it is live, with all of its resources in its bootstrap. */
export async function runMesh(binary: string, ir: MeshIr, adminPort: number): Promise<RunningEnvoy> {
  const [snapshot] = snapshotsOf(ir);
  if (snapshot === undefined) throw new Error('no snapshot');
  return runEnvoy(binary, staticBootstrap(snapshot, adminPort), adminPort);
}
