import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';

import { generateFiles } from '@paymesh/cli';
import { startPrometheus } from '@paymesh/common/testing';

import { scrapeTargetsOf, startScenarioMesh } from '../harness/index.ts';
import { scenarios } from '../scenarios/index.ts';
import { type PrometheusQueries, queriesOf, type Span } from './queries.ts';
import { writeRehearsalPolicies } from './rehearsal-policies.ts';
import { rehearsals, type Stage } from './rehearsals/index.ts';
import { startReplicas } from './replicas.ts';

/** A mesh that goes through stories while a Prometheus looks on. */
export interface Performance {
  readonly prometheus: PrometheusQueries;
  /** The files of boards and rules that belong to its policies. */
  readonly files: ReadonlyMap<string, string>;
  /** Of each story that was told: from its beginning until its traces may have faded. */
  readonly spans: ReadonlyMap<string, Span>;
  /** Stories that broke off when they were last told, with the reason. */
  readonly broken: ReadonlyMap<string, string>;
  /** Tells a story; told again, it is the last time that counts. */
  tell(story: string): Promise<void>;
  stop(): Promise<void>;
}

export interface PerformanceOptions {
  /** Root of the repository. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Windows of rules are this many times shorter, and within these bounds, in seconds. */
const TIMES_SHORTER = 30;
const SHORTEST_WINDOW_S = 10;
const LONGEST_WINDOW_S = 60;
/** What happened is seen so long after it: a window and a scrape, in milliseconds. */
export const FADE_MS = 12_000;

/** Starts mesh, replicas and Prometheus. */
export async function startPerformance({ root, env }: PerformanceOptions): Promise<Performance> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    const jwks = await startJwks();
    stops.push(() => close(jwks.server));
    const policies = writeRehearsalPolicies(root, jwks.url);
    stops.push(async () => rmSync(dirname(policies), { recursive: true, force: true }));
    const mesh = await startScenarioMesh({ root, env, policies });
    stops.push(() => mesh.stop());
    const replicas = await startReplicas(mesh, join(root, 'cli/bin/paymesh.mjs'));
    stops.push(() => replicas.stop());
    const files = generateFiles(mesh.documents, { window: shortened, hold: () => '1s' });
    const server = await startPrometheus({
      targets: [...scrapeTargetsOf(mesh), ...replicas.targets],
      rules: new Map([...files].filter(([path]) => path.startsWith('rules/'))),
    });
    stops.push(() => server.stop());
    const prometheus = queriesOf(server.url);
    return { prometheus, files, stop, ...createTeller({ mesh, prometheus, replicas }) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createTeller(stage: Stage): Pick<Performance, 'spans' | 'broken' | 'tell'> {
  const spans = new Map<string, Span>();
  const broken = new Map<string, string>();
  const stories = new Map<string, () => Promise<unknown>>([
    // Their verdicts are another test's: here they are only what makes metrics move.
    ...scenarios.map((scenario) => [scenario.name, () => scenario.run(stage.mesh)] as const),
    ...rehearsals.map((rehearsal) => [rehearsal.name, () => rehearsal.run(stage)] as const),
  ]);
  const tell = async (story: string): Promise<void> => {
    const from = Date.now();
    broken.delete(story);
    try {
      const run = stories.get(story);
      if (run === undefined) throw new Error('there is no such story');
      await run();
    } catch (error) {
      broken.set(story, error instanceof Error ? error.message : String(error));
    }
    spans.set(story, { from, to: Date.now() + FADE_MS });
  };
  return { spans, broken, tell };
}

function shortened(length: string): string {
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400 }[length.slice(-1)] ?? Number.NaN;
  const seconds = (Number(length.slice(0, -1)) * unit) / TIMES_SHORTER;
  return `${Math.min(LONGEST_WINDOW_S, Math.max(SHORTEST_WINDOW_S, seconds))}s`;
}

/** The public key of RFC 8037, appendix A.2. */
const JWKS = {
  keys: [
    {
      ...{ kty: 'OKP', crv: 'Ed25519', kid: 'partner-1', alg: 'EdDSA', use: 'sig' },
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    },
  ],
};

/** A partner who publishes keys. */
async function startJwks(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(JWKS));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the keys have no port');
  return { server, url: `http://127.0.0.1:${address.port}/jwks` };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
