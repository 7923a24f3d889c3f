import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { type Client, credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { Authorization, type CheckRequest, type CheckResponse } from '@paymesh/common/envoy-auth';
import { serviceDefinition } from '@paymesh/common/grpc';

import { KEY_FILES, signingDocuments } from './policies.ts';

export interface ReplicasOptions {
  readonly count: number;
  readonly redisUrl: string;
  readonly onStoreDown: 'Deny' | 'Local';
}

/** One ext-authz in a process of its own, asked over gRPC. */
export interface Replica {
  /** What a client would get: HTTP status and reason. */
  check(request: CheckRequest): Promise<Answer>;
  metrics(): Promise<string>;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
}

export interface Replicas {
  readonly all: readonly Replica[];
  stop(): Promise<void>;
}

const COMMAND = join(dirname(fileURLToPath(import.meta.url)), '../../../cli/bin/paymesh.mjs');
const ANY_PORT = '127.0.0.1:0';
const AuthorizationClient = makeGenericClientConstructor(serviceDefinition(Authorization), 'Authorization');
type Unary = (request: CheckRequest, callback: (error: Error | null, answer: CheckResponse) => void) => void;

/** Starts so many replicas of the built command on one folder; `stop` ends them and removes it. */
export async function startReplicas({ count, redisUrl, onStoreDown }: ReplicasOptions): Promise<Replicas> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-replicas-'));
  for (const [name, text] of Object.entries({
    ...KEY_FILES,
    'policies/a.yaml': signingDocuments(onStoreDown),
  })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  const children: ChildProcess[] = [];
  const clients: Client[] = [];
  const stop = async () => {
    for (const client of clients) client.close();
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const all: Replica[] = [];
    for (let index = 0; index < count; index += 1) {
      const child = spawnReplica(join(folder, 'policies'), redisUrl);
      children.push(child);
      const { listen, admin } = await addressesOf(child);
      const client = new AuthorizationClient(listen, credentials.createInsecure());
      clients.push(client);
      all.push({
        check: (request) => ask(client, request),
        metrics: async () => (await fetch(`http://${admin}/metrics`)).text(),
      });
    }
    return { all, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function spawnReplica(configDir: string, redisUrl: string): ChildProcess {
  const flags = ['--config', configDir, '--listen', ANY_PORT, '--admin', ANY_PORT, '--redis', redisUrl];
  return spawn(process.execPath, [COMMAND, 'ext-authz', ...flags, '--audit-file', '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** From the line "ready" that the command prints. */
async function addressesOf(child: ChildProcess): Promise<Readonly<Record<'listen' | 'admin', string>>> {
  if (child.stdout === null) throw new Error('the command has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as {
      readonly msg?: string;
      readonly listen?: string;
      readonly admin?: string;
    };
    const { listen, admin } = said;
    if (said.msg !== 'ready' || listen === undefined || admin === undefined) continue;
    // Nobody reads what comes later.
    child.stdout.resume();
    return { listen, admin };
  }
  throw new Error('the command ended before it was ready');
}

function ask(client: Client, request: CheckRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = ((client as unknown as Readonly<Record<string, unknown>>)['check'] as Unary).bind(client);
    call(request, (error, response) => (error === null ? resolve(answerOf(response)) : reject(error)));
  });
}

/** An absent status is an allow, as for Envoy. */
function answerOf({ status, httpResponse, dynamicMetadata }: CheckResponse): Answer {
  const reason = JSON.stringify(dynamicMetadata?.['reason'] ?? '');
  const denied = httpResponse.case === 'deniedResponse' ? (httpResponse.value.status?.code ?? 200) : 200;
  return { status: (status?.code ?? 0) === 0 ? 200 : denied, reason: JSON.parse(reason) as string };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await exited;
}
