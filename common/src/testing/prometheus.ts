import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** What is scraped, every second. */
export interface ScrapeTarget {
  readonly job: string;
  /** `HOST:PORT`. */
  readonly address: string;
  /** Default `/metrics`. */
  readonly path?: string;
}

export interface PrometheusProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/** A cold start on a busy machine. */
const READY_MS = 60_000;
/** The last characters of what it says are kept. */
const MAX_SAID = 4_000;

/** True where a prometheus can be started. With CI=true a missing one is an error, not a skip. */
export function isPrometheusAvailable(): boolean {
  const isFound = spawnSync('prometheus', ['--version']).status === 0;
  if (!isFound && process.env['CI'] === 'true')
    throw new Error('CI=true and no prometheus on PATH: .ci/run installs the package prometheus');
  return isFound;
}

/** Starts a prometheus on a loopback port, in a folder of its own, and waits until it is ready; it scrapes itself too. */
export async function startPrometheus(targets: readonly ScrapeTarget[]): Promise<PrometheusProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-prometheus-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yaml');
  writeFileSync(config, configOf([{ job: 'prometheus', address }, ...targets]));
  const child = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${folder}/tsdb`, `--web.listen-address=${address}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = `${said}${data.toString()}`.slice(-MAX_SAID);
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://${address}`;
  try {
    await eventually(() => expectReady(url), { timeoutMs: READY_MS, everyMs: 100 });
  } catch (error) {
    await stop();
    throw new Error(`prometheus did not start; it said: ${said}`, { cause: error });
  }
  return { url, stop };
}

async function expectReady(url: string): Promise<void> {
  const { status } = await fetch(`${url}/-/ready`);
  if (status !== 200) throw new Error(`prometheus is not ready: ${status}`);
}

/** JSON is YAML. Targets of one job share its path. */
function configOf(targets: readonly ScrapeTarget[]): string {
  const jobs = new Map<string, { metrics_path: string; targets: string[] }>();
  for (const { job, address, path = '/metrics' } of targets) {
    const known = jobs.get(job) ?? { metrics_path: path, targets: [] };
    known.targets.push(address);
    jobs.set(job, known);
  }
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [...jobs].map(([job_name, { metrics_path, ...config }]) => ({
      ...{ job_name, metrics_path },
      static_configs: [config],
    })),
  });
}
