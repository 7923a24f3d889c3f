import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { parseHostPort } from '@paymesh/common/config';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { loadPolicies } from '@paymesh/common/policy';
import { readFolder } from '@paymesh/common/source';
import { eventually, freePort } from '@paymesh/common/testing';
import { bootstrapFor, startControlPlane } from '@paymesh/control-plane';
import { startExtAuthz } from '@paymesh/ext-authz';

export interface SignedGatewayOptions {
  /** Path of the Envoy binary. */
  readonly envoy: string;
  /** Documents besides MeshDefaults, the Service `pay/sink`, its instance and the gateway `edge`. */
  readonly policies: string;
  /** Files beside the policies, such as keys. */
  readonly files?: Readonly<Record<string, string>>;
  /** Replicas of ext-authz. Default 1. */
  readonly replicas?: number;
  readonly redisUrl?: string;
  /** Bound of the embedded store of each replica. Default that of ext-authz. */
  readonly maxNonces?: number;
  /** Environment of ext-authz. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A request that came through to the program. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** One real Envoy as gateway, configured by the control plane, with ext-authz beside it and a program behind. */
export interface SignedGateway {
  readonly port: number;
  /** Admin ports of the replicas of ext-authz. */
  readonly admins: readonly string[];
  /** What came through so far. */
  readonly passed: readonly PassedRequest[];
  /** Answers of `/metrics` of all replicas. */
  metrics(): Promise<string>;
  /** Decision logs of all replicas; each allow and each denial is a line. */
  decisions(): string;
  /** Writes files where those of the options were, `policies/policies.yaml` among them. */
  edit(files: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

const READY_MS = 20_000;

/** Starts all of it on free ports of loopback; `stop` ends and removes everything. */
export async function startSignedGateway(options: SignedGatewayOptions): Promise<SignedGateway> {
  const { replicas = 1, redisUrl } = options;
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-gateway-'));
  const passed: PassedRequest[] = [];
  const sink = await startSink(passed);
  const [gatewayPort, adminPort] = [await freePort(), await freePort()];
  const authzPorts: number[] = [];
  for (let index = 0; index < replicas; index += 1) authzPorts.push(await freePort());
  const mesh = meshDocuments({ sinkPort: portOf(sink), gatewayPort, adminPort, authzPorts });
  write(folder, { 'policies/mesh.yaml': mesh, 'policies/policies.yaml': options.policies, ...options.files });
  const configDir = join(folder, 'policies');
  const log = createLogger({ service: 'signed-gateway', level: 'silent' });
  const anyPort = { host: '127.0.0.1', port: 0 };
  const running: Running[] = [];
  const stops: (() => Promise<void>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
    () => closeServer(sink),
  ];
  const stop = async () => {
    for (const one of stops.toReversed()) await one();
  };
  try {
    const controlPlane = await startControlPlane({ configDir, listen: anyPort, admin: anyPort, log });
    stops.push(() => controlPlane.stop());
    for (const port of authzPorts) {
      const authz = await startExtAuthz({
        configDir,
        listen: { host: '127.0.0.1', port },
        admin: anyPort,
        redisUrl,
        maxNonces: options.maxNonces,
        env: options.env ?? {},
        audit: { file: decisionLog(folder, port), allowSample: 1 },
        log,
      });
      running.push(authz);
      stops.push(() => authz.stop());
    }
    const { documents } = loadPolicies(await readFolder(configDir));
    const workload = documents.find((one) => one.kind === 'Workload' && one.spec.kind === 'gateway');
    if (workload?.kind !== 'Workload') throw new Error('there is no gateway');
    const address = parseHostPort(controlPlane.addresses['listen'] ?? '');
    const envoy = startEnvoy(options.envoy, folder, bootstrapFor({ workload, controlPlane: address }));
    stops.push(() => kill(envoy));
    await eventually(() => isOpen(gatewayPort), { timeoutMs: READY_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  const admins = running.map(({ addresses }) => addresses['admin'] ?? '');
  return {
    port: gatewayPort,
    admins,
    passed,
    metrics: async () => {
      const texts = admins.map(async (admin) => (await fetch(`http://${admin}/metrics`)).text());
      return (await Promise.all(texts)).join('\n');
    },
    decisions: () => authzPorts.map((port) => readFileSync(decisionLog(folder, port), 'utf8')).join(''),
    edit: (files) => write(folder, files),
    stop,
  };
}

/** One for each replica, named after its port. */
function decisionLog(folder: string, port: number): string {
  return join(folder, `decisions-${port}.log`);
}

interface Ports {
  readonly sinkPort: number;
  readonly gatewayPort: number;
  readonly adminPort: number;
  readonly authzPorts: readonly number[];
}

function meshDocuments({ sinkPort, gatewayPort, adminPort, authzPorts }: Ports): string {
  const endpoints = authzPorts.map((port) => `"127.0.0.1:${port}"`).join(', ');
  return `apiVersion: paymesh.dev/v1
kind: MeshDefaults
metadata: {name: default}
spec:
  extAuthz: {endpoints: [${endpoints}], admin: "127.0.0.1:4", timeout: 2s}
---
apiVersion: paymesh.dev/v1
kind: Service
metadata: {name: sink, namespace: pay}
spec: {protocol: http}
---
apiVersion: paymesh.dev/v1
kind: Workload
metadata: {name: sink-1, namespace: pay}
spec: {service: sink, port: 1, proxy: {inbound: ${sinkPort}, outbound: 2, admin: 3}}
---
apiVersion: paymesh.dev/v1
kind: Workload
metadata: {name: edge, namespace: pay}
spec: {gateway: edge, port: ${gatewayPort}, proxy: {admin: ${adminPort}}}
`;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
}

/** A program that takes everything, and notes it. */
async function startSink(passed: PassedRequest[]): Promise<Server> {
  const server = createServer({ maxHeaderSize: 1_048_576 }, (request, response) => {
    void readAll(request).then((body) => {
      passed.push({
        method: request.method ?? '',
        url: request.url ?? '',
        rawHeaders: request.rawHeaders,
        body,
      });
      return response.end('passed');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function startEnvoy(binary: string, folder: string, bootstrap: object): ChildProcess {
  const config = join(folder, 'bootstrap.json');
  writeFileSync(config, JSON.stringify(bootstrap));
  const flags = ['--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'];
  return spawn(binary, ['-c', config, ...flags, '--log-path', join(folder, 'envoy.log')], {
    stdio: 'ignore',
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await exited;
}

async function isOpen(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/open`);
  if (response.status !== 200) throw new Error(`the gateway answers ${response.status}`);
}
