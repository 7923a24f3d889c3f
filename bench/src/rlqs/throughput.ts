import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../median.ts';
import type { Cores } from '../yardstick/index.ts';
import { type MeshPorts, PATHS } from './policies.ts';

const run = promisify(execFile);

const ROUNDS = 5;
const REQUESTS = 40_000;
const LOAD = ['-n', String(REQUESTS), '-c', '4', '-m', '32'];
const GOAL_OF_NONE = 0.95;
const GOAL_OF_SERVICE = 1.5;

/**
 * Requests a second through one Envoy: without a limit, with one that the service keeps, with one that Envoy keeps, and without
 * one where Envoy keeps others.
 */
export async function measureThroughput(
  { plain, edges: [edge = 0] }: MeshPorts,
  cores: Cores,
  print: (line: string) => void,
): Promise<void> {
  const ask = (port: number, path: string) => h2load(cores.load, `http://127.0.0.1:${port}${path}`);
  const rounds: { none: number; service: number; beside: number; proxy: number }[] = [];
  // The first warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const figures = {
      none: await ask(plain, PATHS.none),
      service: await ask(plain, PATHS.service),
      beside: await ask(edge, PATHS.beside),
      proxy: await ask(edge, PATHS.proxy),
    };
    if (round > 0) rounds.push(figures);
    if (round > 0) print(`# round ${round} of ${ROUNDS}`);
  }
  for (const key of ['none', 'service', 'beside', 'proxy'] as const) {
    print(
      `${key.padEnd(8)} ${median(rounds.map((round) => round[key]))
        .toFixed(0)
        .padStart(7)} requests a second`,
    );
  }
  const proxyTo = (other: 'none' | 'service' | 'beside') =>
    median(rounds.map((round) => round.proxy / round[other])).toFixed(2);
  print(`proxy to none    ${proxyTo('none')} (goal: ${GOAL_OF_NONE})`);
  print(`proxy to beside  ${proxyTo('beside')}`);
  print(`proxy to service ${proxyTo('service')} (goal: ${GOAL_OF_SERVICE})`);
}

/** Fails when a request is not answered with 200. */
async function h2load(core: string, url: string): Promise<number> {
  const { stdout } = await run('taskset', ['-c', core, 'h2load', ...LOAD, url]);
  if (!stdout.includes(`status codes: ${REQUESTS} 2xx`)) throw new Error(`h2load said:\n${stdout}`);
  const [, rate] = /finished in \S+, ([\d.]+) req\/s/.exec(stdout) ?? [];
  return Number(rate);
}
