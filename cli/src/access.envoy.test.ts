// Control plane, ext-authz and Envoy together: what each judges of access, and what reaches the program.
import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, hash, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { loadPolicies } from '@paymesh/common/policy';
import { readFolder } from '@paymesh/common/source';
import { eventually, freePort } from '@paymesh/common/testing';
import { bootstrapFor, startControlPlane } from '@paymesh/control-plane';
import { startExtAuthz } from '@paymesh/ext-authz';

const binary = findEnvoy(process.env) ?? '';
const log = createLogger({ service: 'test', level: 'silent' });
const loopback = (port: number) => ({ host: '127.0.0.1', port });
const idp = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function bearer(claims: object = {}): Record<string, string> {
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const all = { iss: 'https://idp', aud: 'pay', sub: 'clerk-1', exp, ...claims };
  const input = `${part({ alg: 'ES256', kid: 'k1' })}.${part(all)}`;
  const signature = sign('sha256', Buffer.from(input), { key: idp.privateKey, dsaEncoding: 'ieee-p1363' });
  return { authorization: `Bearer ${input}.${signature.toString('base64url')}` };
}

const document = (kind: string, name: string, spec: string) =>
  `---\napiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: pay}\nspec: {${spec}}\n`;

type Ports = Readonly<Record<'edge' | 'edgeAdmin' | 'program' | 'ads' | 'authz', number>>;

const JWT = 'issuer: "https://idp", audiences: [pay], algorithms: [ES256], keys: {file: idp.jwks}';
const ACCESS = {
  envoy: `identity: {jwt: {${JWT}}}, rules: [{name: clerks, action: Allow, claims: {role: [clerk]}}]`,
  cel: `identity: {jwt: {${JWT}, required: false}}, rules: [{name: gold, action: Allow, when: "claims.tier == 'gold' && request.method == 'POST'"}]`,
  bound: `identity: {mtls: Required, jwt: {${JWT}, cnf: Required}}, rules: [{name: all, action: Allow}]`,
};

function policies({ edge, edgeAdmin, program, ads, authz }: Ports): string {
  const reached = (port: number, admin: number) =>
    `endpoints: ["127.0.0.1:${port}"], admin: "127.0.0.1:${admin}"`;
  return [
    document(
      'MeshDefaults',
      'default',
      `controlPlane: {listen: "127.0.0.1:${ads}", admin: "127.0.0.1:2"}, extAuthz: {${reached(authz, 7)}}, rateLimiter: {${reached(3, 1)}}`,
    ),
    document('Service', 'payments', ''),
    document('Workload', 'edge', `gateway: edge, port: ${edge}, proxy: {admin: ${edgeAdmin}}`),
    // The program stands where its sidecar would.
    document(
      'Workload',
      'payments-1',
      `service: payments, port: 4, proxy: {inbound: ${program}, outbound: 5, admin: 6}`,
    ),
    ...Object.entries(ACCESS).flatMap(([name, spec]) => [
      document('Route', name, `service: payments, parent: edge, match: [{path: {prefix: /${name}}}]`),
      document('AccessPolicy', name, `targetRefs: [{kind: Route, name: ${name}}], ${spec}`),
    ]),
  ].join('');
}

/** Starts an Envoy and waits until it listens; gives what ends it. */
async function startEnvoy(folder: string, bootstrap: object, port: number): Promise<() => Promise<void>> {
  const path = join(folder, `envoy-${port}.json`);
  writeFileSync(path, JSON.stringify(bootstrap));
  const child = spawn(binary, ['-c', path, '--concurrency', '1', '--disable-hot-restart', '-l', 'off'], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await eventually(
    () =>
      ask(overHttp, port, '/', {}).catch((error: Error & { code?: string }) => {
        // TLS answers a plain request with a reset: it listens.
        if (error.code === 'ECONNREFUSED') throw error;
      }),
    { timeoutMs: 20_000 },
  );
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

function ask(
  send: typeof overHttp,
  port: number,
  path: string,
  headers: Record<string, string>,
  tls: object = {},
) {
  return new Promise<{ status: number; code: unknown }>((resolve, reject) => {
    const options = {
      ...loopback(port),
      path,
      method: 'POST',
      headers,
      agent: false,
      timeout: 5_000,
      ...tls,
    };
    const outgoing = send(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const problem = text.startsWith('{') ? (JSON.parse(text) as { code?: unknown }) : {};
        resolve({ status: response.statusCode ?? 0, code: problem.code });
      });
    });
    outgoing.on('error', reject).end('{}');
  });
}

(binary === '' ? describe.skip : describe)(
  'access through Envoy, ext-authz and the control plane (needs envoy)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymesh-access-'));
    const seen: IncomingHttpHeaders[] = [];
    const program = createServer((request, response) => {
      seen.push(request.headers);
      request.resume().on('end', () => response.end('ok'));
    });
    const stops: (() => Promise<void> | void)[] = [];
    let ports: Ports;
    let authz: Running;

    beforeAll(async () => {
      await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', () => resolve()));
      const [edge, edgeAdmin, ads, authzPort] = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ];
      ports = { edge, edgeAdmin, ads, authz: authzPort, program: (program.address() as AddressInfo).port };
      writeFileSync(join(folder, 'mesh.yaml'), policies(ports));
      writeFileSync(
        join(folder, 'idp.jwks'),
        JSON.stringify({ keys: [{ ...idp.publicKey.export({ format: 'jwk' }), kid: 'k1' }] }),
      );
      const shared = { configDir: folder, admin: loopback(0), log };
      authz = await startExtAuthz({ ...shared, listen: loopback(ports.authz) });
      stops.push(() => authz.stop());
      const control = await startControlPlane({ ...shared, listen: loopback(ports.ads) });
      stops.push(() => control.stop());
      const { documents } = loadPolicies(await readFolder(folder));
      const workload = documents.find((one) => one.kind === 'Workload' && one.metadata.name === 'edge');
      if (workload?.kind !== 'Workload') throw new Error('no gateway');
      const bootstrap = bootstrapFor({ workload, controlPlane: loopback(ports.ads) });
      stops.push(await startEnvoy(folder, bootstrap, ports.edge));
    }, 60_000);

    beforeEach(() => {
      seen.length = 0;
    });

    afterAll(async () => {
      for (const stop of stops.toReversed()) await stop();
      program.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const checks = async () => {
      const text = await (await fetch(`http://${authz.addresses['admin']}/metrics`)).text();
      const counts = text.matchAll(/^paymesh_authz_decisions_total\{.*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    };

    test.each([
      ['/envoy', { role: 'clerk' }, 200, undefined, 0],
      ['/envoy', { role: ['other', 'clerk'] }, 200, undefined, 0],
      ['/envoy', { role: 'other' }, 403, 'access_denied', 0],
      ['/envoy', { role: 'clerk', exp: 1 }, 401, 'bad_identity', 0],
      ['/envoy', undefined, 401, 'bad_identity', 0],
      ['/cel', { tier: 'gold' }, 200, undefined, 1],
      ['/cel', { tier: 'tin' }, 403, 'access_denied', 1],
      ['/cel', {}, 403, 'access_denied', 1],
      ['/cel', undefined, 403, 'access_denied', 1],
      ['/cel', { tier: 'gold', iss: 'https://other' }, 401, 'bad_identity', 0],
      ['/bound', {}, 403, 'access_denied', 0],
    ] as const)('%s with %j: %i %s after %i checks', async (path, claims, status, code, asked) => {
      const before = await checks();
      const headers = claims === undefined ? {} : bearer(claims);
      expect(await ask(overHttp, ports.edge, path, headers)).toEqual({ status, code });
      expect([(await checks()) - before, seen.length]).toEqual([asked, status === 200 ? 1 : 0]);
      if (status === 200)
        expect(seen[0]).toMatchObject({ 'x-paymesh-principal': 'clerk-1', 'x-paymesh-subject': 'clerk-1' });
    });

    test('a token is good with the certificate that it names, and with no other', async () => {
      const tls = makeCertificates(folder);
      if (tls === undefined) return;
      const port = await freePort();
      stops.push(await startEnvoy(folder, tlsEnvoy(folder, { ...ports, edge: port }), port));
      const { caller, thief } = tls;
      const token = bearer({ cnf: { 'x5t#S256': caller.thumbprint } });
      const send = overTls;
      expect(await ask(send, port, '/', token, caller.tls)).toEqual({ status: 200, code: undefined });
      expect(seen[0]).toMatchObject({
        'x-paymesh-peer': 'spiffe://mesh/caller',
        'x-paymesh-subject': 'clerk-1',
      });
      expect(await ask(send, port, '/', token, thief.tls)).toEqual({ status: 401, code: 'bad_identity' });
      expect(await ask(send, port, '/', bearer(), caller.tls)).toEqual({ status: 401, code: 'bad_identity' });
      const claimed = {
        ...token,
        'x-forwarded-client-cert': `Hash=${caller.thumbprint};URI=spiffe://mesh/caller`,
      };
      expect(await ask(send, port, '/', claimed, thief.tls)).toEqual({ status: 401, code: 'bad_identity' });
      expect(seen).toHaveLength(1);
    }, 60_000);
  },
);

/** A machine may lack it; then only what needs certificates is not tried. */
const OPENSSL = 'openssl';

/** Certificates of two clients and of the proxy; undefined where nothing can make them. */
function makeCertificates(folder: string) {
  const make = (name: string) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=URI:spiffe://mesh/${name}`];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const run = spawnSync(OPENSSL, [
      'req',
      '-x509',
      ...curve,
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      ...names,
    ]);
    if (run.status !== 0) return undefined;
    const pem = readFileSync(cert, 'utf8');
    const thumbprint = hash('sha256', new X509Certificate(pem).raw, 'base64url');
    return { thumbprint, pem, tls: { key: readFileSync(key), cert: pem, rejectUnauthorized: false } };
  };
  const [caller, thief, proxy] = [make('caller'), make('thief'), make('proxy')];
  if (caller === undefined || thief === undefined || proxy === undefined) return undefined;
  writeFileSync(join(folder, 'clients.pem'), caller.pem + thief.pem);
  return { caller, thief };
}

/** An Envoy of somebody's own, with TLS in front: the mesh has none yet. */
function tlsEnvoy(folder: string, { edge, program, authz }: Ports): object {
  const type = (name: string) => `type.googleapis.com/envoy.${name}`;
  const file = (name: string) => ({ filename: join(folder, name) });
  const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });
  const cluster = (name: string, port: number, options: object) => ({
    name,
    type: 'STATIC',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
    },
    ...options,
  });
  const http2 = {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': type('extensions.upstreams.http.v3.HttpProtocolOptions'),
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
  const checker = {
    '@type': type('extensions.filters.http.ext_authz.v3.ExtAuthz'),
    transport_api_version: 'V3',
    grpc_service: { envoy_grpc: { cluster_name: 'authz' }, timeout: '1s' },
    encode_raw_headers: true,
    include_peer_certificate: true,
  };
  const check = {
    '@type': type('extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute'),
    check_settings: { context_extensions: { access: 'pay/bound', route: 'tls' } },
  };
  const manager = {
    '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'tls',
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [
            {
              match: { prefix: '/' },
              route: { cluster: 'program' },
              typed_per_filter_config: { 'envoy.filters.http.ext_authz': check },
            },
          ],
        },
      ],
    },
    http_filters: [
      { name: 'envoy.filters.http.ext_authz', typed_config: checker },
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': type('extensions.filters.http.router.v3.Router') },
      },
    ],
  };
  const tls = {
    '@type': type('extensions.transport_sockets.tls.v3.DownstreamTlsContext'),
    require_client_certificate: true,
    common_tls_context: {
      tls_certificates: [{ certificate_chain: file('proxy.pem'), private_key: file('proxy.key') }],
      validation_context: { trusted_ca: file('clients.pem') },
    },
  };
  const chain = {
    filters: [{ name: 'http', typed_config: manager }],
    transport_socket: { name: 'tls', typed_config: tls },
  };
  return {
    static_resources: {
      listeners: [{ name: 'tls', address: address(edge), filter_chains: [chain] }],
      clusters: [cluster('program', program, {}), cluster('authz', authz, http2)],
    },
  };
}
