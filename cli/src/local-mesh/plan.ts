import { join } from 'node:path';

import { parseHostPort } from '@paymesh/common/config';
import type { DocumentOf, PolicyDocument } from '@paymesh/common/policy';
import { bootstrapFor } from '@paymesh/control-plane';

import { CommandError } from '../output/index.ts';
import type { WantedPort } from './ports.ts';
import type { Program } from './programs.ts';
import type { ProcessSpec } from './supervisor.ts';

/** One process of the mesh to be: what runs, how to tell that it is ready, what it listens on. */
export interface PlannedProcess {
  readonly kind: 'policy-service' | 'program' | 'proxy';
  readonly spec: ProcessSpec;
  readonly readyUrl: string;
  readonly ports: readonly WantedPort[];
  /** A file that the process reads and that must be written before it starts. */
  readonly file?: { readonly path: string; readonly content: string };
}

export interface PlanInput {
  readonly documents: readonly PolicyDocument[];
  readonly programs: readonly Program[];
  /** Folder of policies that the services watch. */
  readonly policies: string;
  readonly state: string;
  /** Path of the Envoy binary. */
  readonly envoy: string;
  /** Path of bin/paymesh.mjs. */
  readonly paymesh: string;
  readonly redisUrl?: string;
  /** Environment that every process gets: PATH and the like, nothing secret. */
  readonly env: Readonly<Record<string, string>>;
}

type WorkloadDocument = DocumentOf<'Workload'>;
type Defaults = DocumentOf<'MeshDefaults'>['spec'];

/** Everything that a mesh on this machine consists of; the control plane comes first. */
export function planMesh(input: PlanInput): readonly PlannedProcess[] {
  const defaults = input.documents.find((document) => document.kind === 'MeshDefaults')?.spec;
  if (defaults === undefined) {
    throw new CommandError(
      'the policies hold no MeshDefaults: it says where control plane, ext-authz and limiter listen',
    );
  }
  const workloads = input.documents.filter((document) => document.kind === 'Workload');
  const programs = new Map(input.programs.map((program) => [program.workload, program]));
  refuseStrayPrograms(input.programs, workloads);
  return [
    ...policyServices(input, defaults),
    ...workloads.flatMap((workload) => planProgram(input, workload, programs.get(workload.metadata.name))),
    ...workloads.map((workload) => planProxy(input, workload, defaults)),
  ];
}

function refuseStrayPrograms(programs: readonly Program[], workloads: readonly WorkloadDocument[]): void {
  const names = new Set(workloads.map((workload) => workload.metadata.name));
  const stray = programs.find((program) => !names.has(program.workload));
  if (stray === undefined) return;
  throw new CommandError(
    `a program is named for workload "${stray.workload}", which no policy file declares`,
  );
}

function policyServices(input: PlanInput, defaults: Defaults): readonly PlannedProcess[] {
  const { controlPlane, extAuthz, rateLimiter, tracing } = defaults;
  const shared = [
    ...(input.redisUrl === undefined ? [] : ['--redis', input.redisUrl]),
    ...(tracing === undefined ? [] : ['--otlp', tracing.otlp]),
  ];
  const quotas = (rateLimiter.quotaEndpoints ?? []).slice(0, 1);
  const limiter = policyService(
    input,
    'rate-limiter',
    firstOf(rateLimiter.endpoints, 'rateLimiter'),
    rateLimiter.admin,
    [...shared, ...quotas.flatMap((first) => ['--rlqs-listen', first])],
  );
  return [
    policyService(input, 'control-plane', controlPlane.listen, controlPlane.admin, []),
    policyService(input, 'ext-authz', firstOf(extAuthz.endpoints, 'extAuthz'), extAuthz.admin, shared),
    { ...limiter, ports: [...limiter.ports, ...quotas.map((first) => portOf('rate-limiter', first))] },
  ];
}

function firstOf(endpoints: readonly string[], owner: string): string {
  const [first] = endpoints;
  if (first === undefined) throw new CommandError(`MeshDefaults: spec.${owner}.endpoints is empty`);
  return first;
}

function policyService(
  input: PlanInput,
  name: string,
  listen: string,
  admin: string,
  more: readonly string[],
): PlannedProcess {
  const flags = ['--config', input.policies, '--listen', listen, '--admin', admin, ...more];
  return {
    kind: 'policy-service',
    spec: {
      name,
      command: [process.execPath, input.paymesh, name, ...flags],
      env: input.env,
      cwd: process.cwd(),
    },
    readyUrl: `http://${admin}/readyz`,
    ports: [listen, admin].map((address) => portOf(name, address)),
  };
}

function portOf(owner: string, address: string): PlannedProcess['ports'][number] {
  return { owner, ...parseHostPort(address) };
}

function planProgram(
  input: PlanInput,
  workload: WorkloadDocument,
  program: Program | undefined,
): readonly PlannedProcess[] {
  if (workload.spec.kind === 'gateway') return [];
  const { name } = workload.metadata;
  if (program === undefined)
    throw new CommandError(`no program is named for workload "${name}": add it to the programs file`);
  const { port, proxy, locality } = workload.spec;
  const env = {
    ...input.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    OUTBOUND_URL: `http://127.0.0.1:${proxy.outbound}`,
    INSTANCE: name,
    ZONE: locality.zone,
    REGION: locality.region,
    ...program.env,
  };
  return [
    {
      kind: 'program',
      spec: { name, command: program.command, env, cwd: program.cwd },
      readyUrl: `http://127.0.0.1:${port}/healthz`,
      ports: [{ owner: name, host: '127.0.0.1', port }],
    },
  ];
}

function planProxy(input: PlanInput, workload: WorkloadDocument, defaults: Defaults): PlannedProcess {
  const { address, adminPort } = workload.spec;
  const name = `envoy-${workload.metadata.name}`;
  const path = join(input.state, 'envoy', `${workload.metadata.name}.json`);
  const bootstrap = bootstrapFor({ workload, controlPlane: parseHostPort(defaults.controlPlane.listen) });
  return {
    kind: 'proxy',
    spec: {
      name,
      command: [input.envoy, '-c', path, ...ENVOY_FLAGS],
      env: input.env,
      cwd: input.state,
    },
    readyUrl: `http://127.0.0.1:${adminPort}/ready`,
    ports: [
      { owner: name, host: '127.0.0.1', port: adminPort },
      ...listenPorts(workload).map((port) => ({ owner: name, host: address, port })),
    ],
    file: { path, content: `${JSON.stringify(bootstrap, null, 2)}\n` },
  };
}

/** One worker each, for two cores hold ten of them; logs are flushed soon, for people watch them. */
const ENVOY_FLAGS = [
  '--concurrency',
  '1',
  '--disable-hot-restart',
  '--drain-time-s',
  '5',
  '--log-level',
  'warning',
  '--file-flush-interval-msec',
  '200',
] as const;

function listenPorts({ spec }: WorkloadDocument): readonly number[] {
  return spec.kind === 'gateway' ? [spec.port] : [spec.proxy.inbound, spec.proxy.outbound];
}
