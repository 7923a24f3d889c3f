import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';

import { runFetch, withWorkFolder } from '../download/index.ts';
import { CommandError } from '../output/index.ts';
import { findHelm, HELM_VERSION, type HelmSearch, helmCachePath, isHelm } from './find-helm.ts';

/** Longest time to fetch and compile, in milliseconds; two slow cores take about four minutes. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

const MODULE = `helm.sh/helm/v3/cmd/helm@v${HELM_VERSION}`;

/**
 * The path of a helm: the one that is there, else one that Go compiles from its module proxy into the user's cache.
 * Throws a CommandError of one sentence when there is no Go or the build fails.
 */
export async function installHelm(env: HelmSearch, onProgress: (step: string) => void): Promise<string> {
  const found = findHelm(env);
  if (found !== undefined) return found;
  if (spawnSync('go', ['version'], { env: { ...env }, timeout: 30_000 }).status !== 0) {
    throw new CommandError(
      `no helm and no Go to build it with: install Go, or put helm 3 or 4 on PATH, or set PAYMESH_HELM`,
    );
  }
  const target = helmCachePath(env);
  return withWorkFolder(target, async (work) => {
    onProgress(`building helm ${HELM_VERSION} with Go (a few minutes, once)`);
    const reason = await runFetch({
      name: 'go',
      command: ['go', 'install', '-trimpath', MODULE],
      env: { ...env, GOBIN: work },
      work,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    const binary = join(work, 'helm');
    if (reason !== undefined || !isHelm(binary)) {
      throw new CommandError(
        `go could not install ${MODULE} (${reason ?? 'what it built does not run'}): check the network and GOPROXY, or put helm 3 or 4 on PATH, or set PAYMESH_HELM`,
      );
    }
    renameSync(binary, target);
    return target;
  });
}
