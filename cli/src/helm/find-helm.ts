import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import { CommandError } from '../output/index.ts';

/** The helm that is fetched; others of major version 3 or 4 do as well. */
export const HELM_VERSION = '3.22.0';

/** What the search looks at; `process.env` fits. */
export type HelmSearch = Readonly<Record<string, string | undefined>>;

/** Where `paymesh helm install` puts the binary and where it is looked for last. */
export function helmCachePath(env: HelmSearch): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'paymesh', 'helm', HELM_VERSION, 'helm');
}

/**
 * The path of a helm: `PAYMESH_HELM`, else `helm` on PATH if it is of version 3 or 4, else the copy in the user's
 * cache. Undefined when there is none. Throws a CommandError when PAYMESH_HELM names something that is no helm.
 */
export function findHelm(env: HelmSearch): string | undefined {
  const named = env['PAYMESH_HELM'];
  if (named) {
    if (!isHelm(named)) throw new CommandError(`PAYMESH_HELM names ${named}, which is no helm 3 or 4`);
    return named;
  }
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'helm'))
    .find(isExecutable);
  if (onPath !== undefined && isHelm(onPath)) return onPath;
  const cached = helmCachePath(env);
  return isExecutable(cached) ? cached : undefined;
}

/** As findHelm, but throws one sentence that names the three ways to get a helm. */
export function requireHelm(env: HelmSearch): string {
  const found = findHelm(env);
  if (found !== undefined) return found;
  throw new CommandError(
    'no helm found: set PAYMESH_HELM to its path, put helm 3 or 4 on PATH, or run "npx paymesh helm install", which needs Go',
  );
}

/** True for a program that tells a version as helm 3 and 4 do. */
export function isHelm(path: string): boolean {
  const run = spawnSync(path, ['version', '--short'], { encoding: 'utf8', timeout: 30_000 });
  return run.status === 0 && /^v[34]\./.test(run.stdout);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // Not there or not ours to run: either way it is no helm for us.
  }
}
