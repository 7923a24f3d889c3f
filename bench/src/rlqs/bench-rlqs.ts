import { cpus } from 'node:os';

import { findCores, needPrograms } from '../yardstick/index.ts';
import { measureAccuracy } from './accuracy.ts';
import { startQuotaMesh } from './mesh.ts';
import { measureThroughput } from './throughput.ts';

/**
 * What limits cost that Envoy keeps by itself: requests a second as ratios to the same Envoy without a limit and to one that
 * asks the service, in the same rounds; then how exact they are among three Envoys.
 */
export async function benchRlqs(print: (line: string) => void): Promise<void> {
  await needPrograms();
  const cores = findCores();
  const [core] = cpus();
  print(`Node ${process.versions.node}, ${cpus().length} cores (${core?.model ?? 'unknown'})`);
  print('Envoys with limits on one core; load, upstream and rate limiter on another');
  const mesh = await startQuotaMesh(cores);
  try {
    await measureThroughput(mesh.ports, cores, print);
    await measureAccuracy(mesh.ports, print);
  } finally {
    await mesh.stop();
  }
}
