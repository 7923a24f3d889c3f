import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { eventually, freePort } from '@paymesh/common/testing';
import { stringify } from 'yaml';

import type { ScrapeTarget } from './targets.ts';

/** Labels and `[Unix seconds, value]` of one series. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export interface Span {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** A real Prometheus, scraping. */
export interface Prometheus {
  readonly url: string;
  /** What an expression gave within a span, looked at each second. */
  range(expr: string, span: Span): Promise<readonly RangeSeries[]>;
  /** Names of labels that the series of a selector had within a span; empty when there was no such series. */
  labels(selector: string, span: Span): Promise<readonly string[]>;
  /** Rejects unless an expression gives a series now. */
  expect(expr: string): Promise<void>;
  /** Rejects unless an alert fires now. */
  expectFiring(alert: string): Promise<void>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  /** Files of rules by path; the last part of each names it. */
  readonly rules?: ReadonlyMap<string, string>;
}

/** How often each target is scraped and each rule evaluated. */
const EVERY = '1s';
const READY_MS = 30_000;
const QUERY_TIMEOUT_MS = 30_000;

/** True where a prometheus can be started. With CI=true a missing one is an error, not a skip. */
export function isPrometheusAvailable(): boolean {
  const isFound = spawnSync('prometheus', ['--version']).status === 0;
  if (!isFound && process.env['CI'] === 'true')
    throw new Error('CI=true and no prometheus on PATH: .ci/run installs it');
  return isFound;
}

/** Starts one on a free port with a folder of its own; `stop` ends it and removes that. */
export async function startPrometheus({
  targets,
  rules = new Map(),
}: PrometheusOptions): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-prometheus-'));
  const files = new Map([...rules].map(([path, text]) => [basename(path), text]));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'prometheus.yaml'), configFor(targets, [...files.keys()]));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      async () => {
        if ((await fetch(`${url}/-/ready`)).status !== 200)
          throw new Error(`prometheus is not ready: ${said}`);
      },
      { timeoutMs: READY_MS, everyMs: 100 },
    );
  } catch (error) {
    await stop();
    throw new Error(`prometheus did not start: ${said}`, { cause: error });
  }
  return { url, ...queriesOf(url), stop };
}

function configFor(targets: readonly ScrapeTarget[], rules: readonly string[]): string {
  return stringify({
    global: { scrape_interval: EVERY, scrape_timeout: EVERY, evaluation_interval: EVERY },
    rule_files: rules,
    scrape_configs: targets.map(({ name, address, path }) => ({
      job_name: name,
      metrics_path: path,
      static_configs: [{ targets: [address] }],
    })),
  });
}

function queriesOf(url: string): Pick<Prometheus, 'range' | 'labels' | 'expect' | 'expectFiring'> {
  return {
    range: async (expr, { from, to }) => {
      const { result } = await ask<{ result: readonly RangeSeries[] }>(url, 'query_range', {
        query: expr,
        start: String(from / 1_000),
        end: String(to / 1_000),
        step: '1',
      });
      return result;
    },
    labels: (selector, { from, to }) =>
      ask(url, 'labels', { 'match[]': selector, start: String(from / 1_000), end: String(to / 1_000) }),
    expect: (expr) => expectOne(url, expr),
    expectFiring: (alert) => expectOne(url, `ALERTS{alertname="${alert}", alertstate="firing"}`),
  };
}

async function expectOne(url: string, expr: string): Promise<void> {
  const { result } = await ask<{ result: readonly unknown[] }>(url, 'query', { query: expr });
  if (result.length === 0) throw new Error(`prometheus sees no ${expr}`);
}

async function ask<T>(url: string, what: string, query: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`${url}/api/v1/${what}?${new URLSearchParams(query).toString()}`, {
    signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`prometheus answered ${response.status} to ${what}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await exited;
}
