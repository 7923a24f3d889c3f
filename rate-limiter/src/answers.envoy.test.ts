// What a real Envoy makes of the answers: headers for the client, metadata for the access log.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseHostPort } from '@paymesh/common/config';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { createLogger } from '@paymesh/common/log';
import { eventually, freePort } from '@paymesh/common/testing';

import { startRateLimiter } from './main.ts';

const binary = findEnvoy(process.env) ?? '';
const METADATA = 'DYNAMIC_METADATA(envoy.filters.http.ratelimit';
const RULES = `
domain: shop
descriptors:
  - key: tenant
    rate_limit: {unit: hour, requests_per_unit: 1, name: per-tenant}
  - key: tenant
    value: watched
    shadow_mode: true
    rate_limit: {unit: hour, requests_per_unit: 0}
`;

function address(host: string, port: number): object {
  return { socket_address: { address: host, port_value: port } };
}

interface Ports {
  readonly envoy: number;
  readonly limiter: number;
  readonly program: number;
}

/** One listener that limits by the header x-tenant. */
function bootstrap({ envoy, limiter, program }: Ports, accessLog: string): object {
  const actions = [{ request_headers: { header_name: 'x-tenant', descriptor_key: 'tenant' } }];
  // A route with a direct response would not be limited.
  const route = { match: { prefix: '/' }, route: { cluster: 'program' } };
  const limit = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit',
    domain: 'shop',
    timeout: '2s',
    failure_mode_deny: true,
    rate_limit_service: {
      transport_api_version: 'V3',
      grpc_service: { envoy_grpc: { cluster_name: 'limiter' } },
    },
  };
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'in',
    route_config: {
      virtual_hosts: [{ name: 'all', domains: ['*'], rate_limits: [{ actions }], routes: [route] }],
    },
    http_filters: [
      { name: 'envoy.filters.http.ratelimit', typed_config: limit },
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
    access_log: [
      {
        name: 'envoy.access_loggers.file',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
          path: accessLog,
          log_format: {
            text_format_source: {
              inline_string: `%RESPONSE_CODE% %REQ(x-tenant)% %${METADATA}:limit)% %${METADATA}:rule)% %${METADATA}:outcome)%\n`,
            },
          },
        },
      },
    ],
  };
  const http2 = {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  };
  const filter = { name: 'envoy.filters.network.http_connection_manager', typed_config: manager };
  const cluster = (name: string, port: number, more: object) => ({
    name,
    type: 'STATIC',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address('127.0.0.1', port) } }] }],
    },
    ...more,
  });
  return {
    static_resources: {
      listeners: [
        { name: 'in', address: address('127.0.0.1', envoy), filter_chains: [{ filters: [filter] }] },
      ],
      clusters: [
        cluster('program', program, {}),
        cluster('limiter', limiter, {
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': http2,
          },
        }),
      ],
    },
  };
}

/** Status and the lines of the answer's headers that tell of limits. */
async function ask(port: number, tenant: string): Promise<{ status: number; headers: readonly string[] }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, headers: { 'x-tenant': tenant } }, resolve)
      .on('error', reject)
      .end();
  });
  response.resume();
  const { rawHeaders, statusCode = 0 } = response;
  const names = rawHeaders.filter((_, at) => at % 2 === 0);
  const lines = names.map((name, at) => `${name}: ${rawHeaders[at * 2 + 1]}`);
  return {
    status: statusCode,
    headers: lines.filter((line) => /^(?:x-)?ratelimit|^retry-after/.test(line)).toSorted(),
  };
}

(binary === '' ? describe.skip : describe)('answers in a real Envoy (needs envoy)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-answers-'));
  const accessLog = join(folder, 'access.log');
  const stops: (() => Promise<unknown>)[] = [];
  let port = 0;

  beforeAll(async () => {
    writeFileSync(join(folder, 'shop.yaml'), RULES);
    const running = await startRateLimiter({
      configDir: folder,
      listen: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      responseHeaders: 'draft',
      log: createLogger({ service: 'test', level: 'silent' }),
    });
    stops.push(() => running.stop());
    const program = createServer((_, response) => response.end());
    await once(program.listen(0, '127.0.0.1'), 'listening');
    stops.push(async () => program.close());
    port = await freePort();
    const ports = {
      envoy: port,
      limiter: parseHostPort(running.addresses['listen'] ?? '').port,
      program: (program.address() as AddressInfo).port,
    };
    const path = join(folder, 'envoy.json');
    writeFileSync(path, JSON.stringify(bootstrap(ports, accessLog)));
    const flags = [
      '--concurrency',
      '1',
      '--disable-hot-restart',
      '-l',
      'off',
      '--file-flush-interval-msec',
      '100',
    ];
    const child = spawn(binary, ['-c', path, ...flags], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    stops.push(() => {
      child.kill('SIGKILL');
      return ended;
    });
    await eventually(() => ask(port, 'warm-up'), { timeoutMs: 20_000 });
  }, 30_000);

  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('headers come once, with the answer that passes and with the one that is limited', async () => {
    expect(await ask(port, 'acme')).toEqual({
      status: 200,
      headers: [
        'ratelimit-policy: "per-tenant";q=1;w=3600',
        expect.stringMatching(/^ratelimit: "per-tenant";r=0;t=\d+$/),
      ],
    });
    expect(await ask(port, 'acme')).toEqual({
      status: 429,
      headers: [
        'ratelimit-policy: "per-tenant";q=1;w=3600',
        expect.stringMatching(/^ratelimit: "per-tenant";r=0;t=\d+$/),
        expect.stringMatching(/^retry-after: \d+$/),
      ],
    });
  });

  test('the access log names the limit that stopped a request, or would have', async () => {
    await ask(port, 'other');
    await ask(port, 'other');
    await ask(port, 'watched');
    await eventually(() => {
      const lines = readFileSync(accessLog, 'utf8').split('\n');
      expect(lines).toContain('200 other - - -');
      expect(lines).toContain('429 other per-tenant tenant over');
      expect(lines.find((line) => line.startsWith('200 watched'))).toMatch(/ shadow_over$/);
    });
  });
});
