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
    { stdio: 'ignore' },
  );
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
    throw error;
  }
  return { url, stop };
}

async function expectReady(url: string): Promise<void> {
  const { status } = await fetch(`${url}/-/ready`);
  if (status !== 200) throw new Error(`prometheus is not ready: ${status}`);
}

/** JSON is YAML. */
function configOf(targets: readonly ScrapeTarget[]): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: targets.map(({ job, address, path = '/metrics' }) => ({
      job_name: job,
      metrics_path: path,
      static_configs: [{ targets: [address] }],
    })),
  });
}
