import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The one Envoy that Paymesh generates configuration for. */
export const ENVOY_VERSION = '1.40.0';

/** What the search looks at; `process.env` fits. */
export type EnvoySearch = Readonly<Record<string, string | undefined>>;

/** Where `paymesh envoy install` puts the binary and where it is looked for last. */
export function envoyCachePath(env: EnvoySearch): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'paymesh', 'envoy', ENVOY_VERSION, 'envoy');
}

/**
 * The path of an Envoy: `PAYMESH_ENVOY`, else `envoy` on PATH if it is of the right version, else the copy in
 * the user's cache. Undefined when there is none. Throws when PAYMESH_ENVOY names something that cannot be run.
 */
export function findEnvoy(env: EnvoySearch): string | undefined {
  const named = env['PAYMESH_ENVOY'];
  if (named) {
    if (!isExecutable(named))
      throw new Error(`PAYMESH_ENVOY names ${named}, which is not an executable file`);
    return named;
  }
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'envoy'))
    .find(isExecutable);
  if (onPath !== undefined && isRightVersion(onPath)) return onPath;
  const cached = envoyCachePath(env);
  return isExecutable(cached) ? cached : undefined;
}

/** As findEnvoy, but throws one sentence that names the three ways to get an Envoy. */
export function requireEnvoy(env: EnvoySearch): string {
  const found = findEnvoy(env);
  if (found !== undefined) return found;
  throw new Error(
    `no Envoy ${ENVOY_VERSION} found: set PAYMESH_ENVOY to its path, put envoy ${ENVOY_VERSION} on PATH, or run "npx paymesh envoy install"`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // Not there or not ours to run: either way it is no Envoy for us.
  }
}

function isRightVersion(path: string): boolean {
  const run = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return run.status === 0 && run.stdout.includes(`/${ENVOY_VERSION}/`);
}
