import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startScenarioMesh } from '@paymesh/e2e';
import { measureLatency, measureThroughput, type Requests } from './measure.ts';
import { median } from './median.ts';
import { addBenchRoutes, BARE_PATH, POLICED_PATH } from './routes.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Pairs of runs: bare, with policies, bare, with policies, ... */
const ROUNDS = 5;
const THROUGHPUT_REQUESTS = 2_000;
const LATENCY_PER_SECOND = 200;
const LATENCY_SECONDS = 3;

interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * The same answer through the same Envoys, once with no policy and once with signature, limit and retries;
 * both in turn within one run, so that a noisy machine hits both alike.
 */
export async function benchMesh(print: (line: string) => void): Promise<void> {
  const mesh = await startScenarioMesh({ root, env: process.env, onProgress: (step) => print(`# ${step}`) });
  try {
    const merchant = mesh.merchant('merchant-vip-2026');
    await addBenchRoutes(mesh);
    const bare: Requests = (count) =>
      Array.from(
        { length: count },
        () => ({ method: 'GET', path: BARE_PATH, headers: {}, body: '' }) as const,
      );
    // Signed beforehand: what is measured is the mesh, not the client's signing.
    const signed: Requests = (count) =>
      Array.from({ length: count }, () => merchant.sign({ method: 'GET', path: POLICED_PATH, body: '' }));
    await measureThroughput(merchant.send, bare(THROUGHPUT_REQUESTS));
    await measureThroughput(merchant.send, signed(THROUGHPUT_REQUESTS));
    const rounds: { readonly bare: Figures; readonly policies: Figures }[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      rounds.push({
        bare: await measure(merchant.send, bare),
        policies: await measure(merchant.send, signed),
      });
      print(`# round ${round} of ${ROUNDS}`);
    }
    report(rounds, print);
  } finally {
    await mesh.stop();
  }
}

async function measure(send: Parameters<typeof measureThroughput>[0], requests: Requests): Promise<Figures> {
  const perSecond = await measureThroughput(send, requests(THROUGHPUT_REQUESTS));
  const latency = await measureLatency(
    send,
    requests(LATENCY_PER_SECOND * LATENCY_SECONDS),
    LATENCY_PER_SECOND,
  );
  return { perSecond, ...latency };
}

function report(
  rounds: readonly { readonly bare: Figures; readonly policies: Figures }[],
  print: (line: string) => void,
): void {
  print(
    `Node ${process.versions.node}; medians of ${ROUNDS} rounds; latency at ${LATENCY_PER_SECOND} requests a second`,
  );
  for (const key of ['perSecond', 'p50Ms', 'p99Ms'] as const) {
    const bare = median(rounds.map((round) => round.bare[key]));
    const policies = median(rounds.map((round) => round.policies[key]));
    const ratio = median(rounds.map((round) => round.policies[key] / round.bare[key]));
    const added = key === 'perSecond' ? '' : `  added ${(policies - bare).toFixed(2)}`;
    print(
      `${key.padEnd(10)} no policy ${bare.toFixed(2).padStart(9)}  signing+limits+retries ${policies.toFixed(2).padStart(9)}  ratio ${ratio.toFixed(2)}${added}`,
    );
  }
}
