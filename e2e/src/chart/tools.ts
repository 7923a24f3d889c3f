import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { findHelm, installHelm } from '@paymesh/cli';

type Env = Readonly<Record<string, string | undefined>>;

/** The PyPI package that holds the schemas of Kubernetes 1.25 to 1.37 and checks manifests against them. */
const VALIDATOR_VERSION = '1.37.0';
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** What the tests of the chart need beside Node. */
export interface ChartTools {
  /** Path of helm. */
  readonly helm: string;
  /** Folder with the Python package kubernetes_validate. */
  readonly validator: string;
}

/** Both tools, or undefined where one is missing; with CI=true that is an error. */
export function findChartTools(env: Env): ChartTools | undefined {
  const helm = findHelm(env);
  const validator = validatorFolder(env);
  if (helm !== undefined && existsSync(validator)) return { helm, validator };
  if (env['CI'] === 'true') {
    const missing = helm === undefined ? 'helm' : `kubernetes-validate ${VALIDATOR_VERSION}`;
    throw new Error(`CI has no ${missing}: npm test fetches it, and says why it could not`);
  }
  return undefined;
}

/** Fetches what is missing of both into the user's cache. Rejects with a sentence. */
export async function provideChartTools(env: Env, onProgress: (step: string) => void): Promise<void> {
  await installHelm(env, onProgress);
  const target = validatorFolder(env);
  if (existsSync(target)) return;
  onProgress(`fetching kubernetes-validate ${VALIDATOR_VERSION} with pip (22 MB)`);
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}-`);
  try {
    installValidator(env, work);
    renameSync(work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function installValidator(env: Env, folder: string): void {
  const flags = ['--quiet', '--disable-pip-version-check', '--no-compile', '--only-binary', ':all:'];
  const wanted = `kubernetes-validate==${VALIDATOR_VERSION}`;
  const run = spawnSync('python3', ['-m', 'pip', 'install', ...flags, '--target', folder, wanted], {
    env: { ...env },
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (run.status === 0) return;
  throw new Error(`pip could not fetch ${wanted}: ${run.stderr?.trim() || String(run.error ?? run.signal)}`);
}

function validatorFolder(env: Env): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'paymesh', 'kubernetes-validate', VALIDATOR_VERSION);
}
