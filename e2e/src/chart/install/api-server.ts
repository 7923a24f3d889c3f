import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { eventually, freePort } from '@paymesh/common/testing';

import type { Kubernetes } from './provide-kubernetes.ts';

/** What the API server says to a request. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: ApiBody;
}

/** The part of any object that is read here. */
export interface ApiBody {
  readonly message?: string;
  readonly items?: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
  }[];
}

export interface ApiServer {
  /** Path of a file that helm reads. */
  readonly kubeconfig: string;
  /** `path` begins at the root: `/api/v1/namespaces`. */
  call(method: 'GET' | 'POST', path: string, body?: object): Promise<ApiAnswer>;
  /** Ends both processes and removes what they kept. */
  stop(): Promise<void>;
}

const READY_MS = 60_000;

/**
 * Starts etcd and kube-apiserver on loopback ports: all that takes, checks and keeps objects in a cluster, with nobody to
 * run them. Without the admission of ServiceAccounts, which a controller would have to make.
 */
export async function startApiServer({ etcd, apiServer }: Kubernetes): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-kubernetes-'));
  const [clients, peers, port] = [await freePort(), await freePort(), await freePort()];
  const token = randomUUID();
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.toReversed()) await one();
  };
  const logs = { etcd: join(folder, 'etcd.log'), apiServer: join(folder, 'api-server.log') };
  const store = `http://127.0.0.1:${clients}`;
  stops.push(
    start(logs.etcd, etcd, {
      'data-dir': join(folder, 'etcd'),
      'listen-client-urls': store,
      'advertise-client-urls': store,
      'listen-peer-urls': `http://127.0.0.1:${peers}`,
    }),
    start(logs.apiServer, apiServer, {
      'etcd-servers': store,
      'bind-address': '127.0.0.1',
      'secure-port': String(port),
      'cert-dir': join(folder, 'certificates'),
      'token-auth-file': file('tokens.csv', `${token},admin,1,system:masters\n`),
      'authorization-mode': 'RBAC',
      'service-account-issuer': 'https://paymesh.example',
      'service-account-key-file': file(
        'sa.pub',
        publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      ),
      'service-account-signing-key-file': file(
        'sa.key',
        privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ),
      'service-cluster-ip-range': '10.0.0.0/16',
      'disable-admission-plugins': 'ServiceAccount',
    }),
  );
  const call: ApiServer['call'] = (method, path, body) => ask({ port, token }, method, path, body);
  try {
    await eventually(
      async () => {
        const { status } = await call('GET', '/readyz');
        if (status !== 200) throw new Error(`the API server answers ${status}`);
      },
      { timeoutMs: READY_MS, everyMs: 200 },
    );
  } catch (cause) {
    const said = readFileSync(logs.apiServer, 'utf8').slice(-1_000);
    await stop();
    throw new Error(`the API server did not start: ${said}`, { cause });
  }
  return { kubeconfig: file('kubeconfig', kubeconfigOf(port, token)), call, stop };
}

function start(log: string, program: string, flags: Readonly<Record<string, string>>): () => Promise<void> {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const out = openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['ignore', out, out] });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return async () => {
    child.kill('SIGKILL');
    await exited;
  };
}

/** The server is our own process on loopback, with a certificate that it made itself. */
function ask(
  { port, token }: { readonly port: number; readonly token: string },
  method: string,
  path: string,
  body: object | undefined,
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path, method, rejectUnauthorized: false },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      },
      (response) => {
        text(response).then((answer) => {
          const isJson = response.headers['content-type']?.startsWith('application/json') === true;
          resolve({ status: response.statusCode ?? 0, body: (isJson ? JSON.parse(answer) : {}) as ApiBody });
        }, reject);
      },
    );
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** JSON is YAML. */
function kubeconfigOf(port: number, token: string): string {
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'here', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'admin' } }],
    'current-context': 'here',
  });
}
