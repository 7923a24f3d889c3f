import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../median.ts';
import type { Cores } from '../yardstick/index.ts';
import { BARE_PATHS } from './bare.ts';
import { type MeshPorts, PATHS } from './policies.ts';

const run = promisify(execFile);

const ROUNDS = 5;
const REQUESTS = 40_000;
const LOAD = ['-n', String(REQUESTS), '-c', '4', '-m', '32'];
const MICROSECONDS = 1e6;
const GOAL_OF_NONE = 0.95;
const GOAL_OF_SERVICE = 1.5;

/** What is asked in each round. */
const ROWS = ['none', 'service', 'beside', 'proxy', 'bareNone', 'bareQuota'] as const;
type Row = (typeof ROWS)[number];

/**
 * Requests a second through one Envoy: without a limit, with one that the service keeps, without one where Envoy keeps others, and with
 * one that Envoy keeps; then through an Envoy that has nothing but a quota, with it and without.
 */
export async function measureThroughput(
  { plain, bare, edges: [edge = 0] }: MeshPorts,
  cores: Cores,
  print: (line: string) => void,
): Promise<void> {
  const urls: Readonly<Record<Row, string>> = {
    none: `http://127.0.0.1:${plain}${PATHS.none}`,
    service: `http://127.0.0.1:${plain}${PATHS.service}`,
    beside: `http://127.0.0.1:${edge}${PATHS.beside}`,
    proxy: `http://127.0.0.1:${edge}${PATHS.proxy}`,
    bareNone: `http://127.0.0.1:${bare}${BARE_PATHS.none}`,
    bareQuota: `http://127.0.0.1:${bare}${BARE_PATHS.quota}`,
  };
  const rounds: Readonly<Record<Row, number>>[] = [];
  // The first warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const figures: Partial<Record<Row, number>> = {};
    for (const row of ROWS) figures[row] = await h2load(cores.load, urls[row]);
    if (round > 0) rounds.push(figures as Record<Row, number>);
    if (round > 0) print(`# round ${round} of ${ROUNDS}`);
  }
  const of = (value: (round: Readonly<Record<Row, number>>) => number) => median(rounds.map(value));
  for (const row of ROWS)
    print(
      `${row.padEnd(9)} ${of((round) => round[row])
        .toFixed(0)
        .padStart(7)} requests a second`,
    );
  const ratio = (row: Row, other: Row) => of((round) => round[row] / round[other]).toFixed(2);
  print(`proxy to none          ${ratio('proxy', 'none')} (goal: ${GOAL_OF_NONE})`);
  print(`proxy to beside        ${ratio('proxy', 'beside')}`);
  print(`proxy to service       ${ratio('proxy', 'service')} (goal: ${GOAL_OF_SERVICE})`);
  print(`bareQuota to bareNone  ${ratio('bareQuota', 'bareNone')}`);
  const costUs = (row: Row, other: Row) =>
    of((round) => MICROSECONDS / round[row] - MICROSECONDS / round[other]).toFixed(1);
  print(
    `a quota costs ${costUs('proxy', 'none')} us a request; by itself, in a bare Envoy, ${costUs('bareQuota', 'bareNone')} us`,
  );
}

/** Fails when a request is not answered with 200. */
async function h2load(core: string, url: string): Promise<number> {
  const { stdout } = await run('taskset', ['-c', core, 'h2load', ...LOAD, url]);
  if (!stdout.includes(`status codes: ${REQUESTS} 2xx`)) throw new Error(`h2load said:\n${stdout}`);
  const [, rate] = /finished in \S+, ([\d.]+) req\/s/.exec(stdout) ?? [];
  return Number(rate);
}
