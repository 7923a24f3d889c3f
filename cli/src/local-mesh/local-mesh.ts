import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { loadPolicies, type PolicyDocument } from '@paymesh/common/policy';

import { findingsError, readPolicyFiles } from '../policies/index.ts';
import { allHealthy, CLUSTER_HEALTH_PATH } from './cluster-health.ts';
import { createMissingKeys, createMissingSecrets } from './keys.ts';
import { type PlannedProcess, planMesh } from './plan.ts';
import { refuseBusyPorts } from './ports.ts';
import { parsePrograms } from './programs.ts';
import { shiftPorts } from './shift-ports.ts';
import { createSupervisor, type MeshProcess } from './supervisor.ts';
import { waitReady } from './wait-ready.ts';

export interface LocalMeshOptions {
  /** Folder of policy files. */
  readonly policies: string;
  /** The file that names the program behind each workload. */
  readonly programs: string;
  /** Folder in which programs run: commands of the programs file are relative to it. */
  readonly cwd: string;
  /** Folder for logs, databases and generated files; made if missing. */
  readonly state: string;
  /** Path of the Envoy binary. */
  readonly envoy: string;
  /** Path of bin/paymesh.mjs, which runs the three policy services. */
  readonly paymesh: string;
  /** Environment of the processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Moves every port; the policies are then copied into the state folder and watched there. Default 0. */
  readonly portOffset?: number;
  /** Redis for nonces and counters; default embedded stores. */
  readonly redisUrl?: string;
  /** Told of each step, for people who wait. */
  readonly onProgress?: (step: string) => void;
}

/** A running mesh. */
export interface LocalMesh {
  readonly documents: readonly PolicyDocument[];
  /** Folder of policies that the services watch: an edit here takes effect. */
  readonly policies: string;
  readonly state: string;
  /** By name: `control-plane`, `ext-authz`, `rate-limiter`, a workload (`payments-1`), its proxy (`envoy-payments-1`). */
  process(name: string): MeshProcess;
  readonly processes: readonly MeshProcess[];
  /** Waits until one process is ready again, after a restart. */
  waitReady(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Longest time for one process to become ready, in milliseconds: slow machines start twenty at once. */
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts every process of a mesh and waits until all are ready. Rejects with a CommandError that says
 * what to do: findings in the policies, busy ports, a process that ended. Nothing is left running then.
 */
export async function startLocalMesh(options: LocalMeshOptions): Promise<LocalMesh> {
  const state = resolve(options.state);
  const progress = options.onProgress ?? (() => {});
  // Payments, logs and keys: for whoever runs the mesh, and nobody else.
  mkdirSync(state, { recursive: true, mode: 0o700 });
  for (const folder of ['logs', 'envoy']) mkdirSync(join(state, folder), { recursive: true });
  const { policies, documents } = await preparePolicies(options, state);
  const { programs, secrets } = parsePrograms({
    text: readFileSync(options.programs, 'utf8'),
    path: options.programs,
    places: { state, policies, ...gatewayUrls(documents) },
    cwd: options.cwd,
  });
  const { envoy, paymesh, env, redisUrl } = options;
  const plan = planMesh({
    ...{ documents, programs, policies, state, envoy, paymesh, env },
    ...(redisUrl === undefined ? {} : { redisUrl }),
  });
  await refuseBusyPorts(plan.flatMap((planned) => planned.ports));
  for (const path of [...createMissingKeys(documents), ...createMissingSecrets(secrets)])
    progress(`made key ${relative(process.cwd(), path)}`);
  return launch({ plan, policies, documents, state, progress });
}

/** `gateway.NAME` to the URL where its clients come in. */
function gatewayUrls(documents: readonly PolicyDocument[]): Readonly<Record<string, string>> {
  const gateways = documents.flatMap((document) =>
    document.kind === 'Workload' && document.spec.kind === 'gateway' ? [document.spec] : [],
  );
  return Object.fromEntries(
    gateways.map(({ gateway, address, port }) => [`gateway.${gateway}`, `http://${address}:${port}`]),
  );
}

async function preparePolicies(
  options: LocalMeshOptions,
  state: string,
): Promise<{ policies: string; documents: readonly PolicyDocument[] }> {
  const offset = options.portOffset ?? 0;
  const files = await readPolicyFiles(options.policies);
  refuseErrors(files);
  const policies = offset === 0 ? resolve(options.policies) : join(state, 'policies');
  if (offset !== 0) {
    rmSync(policies, { recursive: true, force: true });
    for (const file of files) {
      const copy = join(policies, relative(options.policies, file.path));
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, shiftPorts(file.text, offset));
    }
  }
  return { policies, documents: refuseErrors(offset === 0 ? files : await readPolicyFiles(policies)) };
}

function refuseErrors(files: Awaited<ReturnType<typeof readPolicyFiles>>): readonly PolicyDocument[] {
  const { documents, findings, hasErrors } = loadPolicies(files, { nowMs: Date.now() });
  if (hasErrors) throw findingsError(findings, files);
  return documents;
}

interface Launch {
  readonly plan: readonly PlannedProcess[];
  readonly policies: string;
  readonly documents: readonly PolicyDocument[];
  readonly state: string;
  readonly progress: (step: string) => void;
}

async function launch({ plan, policies, documents, state, progress }: Launch): Promise<LocalMesh> {
  const supervisor = createSupervisor(join(state, 'logs'));
  const started = new Map<string, { readonly process: MeshProcess; readonly readyUrl: string }>();
  const run = async (planned: PlannedProcess): Promise<void> => {
    if (planned.file !== undefined) writeFileSync(planned.file.path, planned.file.content);
    const child = supervisor.start(planned.spec);
    started.set(planned.spec.name, { process: child, readyUrl: planned.readyUrl });
    await waitReady({ process: child, url: planned.readyUrl, timeoutMs: READY_TIMEOUT_MS });
  };
  const awaitHealth = async ({ spec, readyUrl }: PlannedProcess): Promise<void> => {
    const entry = started.get(spec.name);
    if (entry === undefined) return;
    const url = new URL(CLUSTER_HEALTH_PATH, readyUrl).href;
    await waitReady({ process: entry.process, url, isReady: allHealthy, timeoutMs: READY_TIMEOUT_MS });
  };
  try {
    progress('starting control plane, ext-authz and rate limiter');
    await Promise.all(plan.filter(({ kind }) => kind === 'policy-service').map(run));
    progress(`starting ${plan.length} processes in all: services and their Envoys`);
    await Promise.all(plan.filter(({ kind }) => kind !== 'policy-service').map(run));
    progress('waiting until every Envoy finds everybody healthy');
    await Promise.all(plan.filter(({ kind }) => kind === 'proxy').map(awaitHealth));
  } catch (error) {
    await supervisor.stopAll();
    throw error;
  }
  const find = (name: string): { readonly process: MeshProcess; readonly readyUrl: string } => {
    const found = started.get(name);
    if (found === undefined)
      throw new Error(`no process ${name}; there are ${[...started.keys()].join(', ')}`);
    return found;
  };
  return {
    documents,
    policies,
    state,
    process: (name) => find(name).process,
    processes: [...started.values()].map((entry) => entry.process),
    waitReady: (name) => {
      const { process: child, readyUrl } = find(name);
      return waitReady({ process: child, url: readyUrl, timeoutMs: READY_TIMEOUT_MS });
    },
    stop: () => supervisor.stopAll(),
  };
}
