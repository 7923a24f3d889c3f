import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port.ts';
import { isProgramAvailable } from './program.ts';
import { IN_MEMORY } from './redis.ts';
import { isRedisAvailable, type RedisProcess, spawnRedis } from './redis-process.ts';

/** Certificates made for one test. The server's is for the name `redis.internal` only. */
export interface RedisTls {
  /** PEM files: the authority, and a client's certificate and key signed by it. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Another authority, which signed nothing of these. */
  readonly strangerCaFile: string;
  /** Lines for a redis-server that takes TLS, and only clients with a certificate. */
  readonly config: readonly string[];
  remove(): void;
}

/** True where a redis-server and openssl are. With CI=true a missing one is an error, not a skip. */
export function isRedisTlsAvailable(): boolean {
  return isProgramAvailable('openssl', 'version') && isRedisAvailable();
}

/** Makes the certificates with openssl. */
export function makeRedisTls(): RedisTls {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-redis-tls-'));
  const file = (name: string) => join(folder, name);
  makeCertificate(folder, 'ca', []);
  makeCertificate(folder, 'stranger', []);
  const byCa = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
  makeCertificate(folder, 'server', [...byCa, '-addext', 'subjectAltName=DNS:redis.internal']);
  makeCertificate(folder, 'client', byCa);
  return {
    caFile: file('ca.pem'),
    certFile: file('client.pem'),
    keyFile: file('client.key'),
    strangerCaFile: file('stranger.pem'),
    config: [
      `tls-cert-file ${file('server.pem')}`,
      `tls-key-file ${file('server.key')}`,
      `tls-ca-cert-file ${file('ca.pem')}`,
      'tls-auth-clients yes',
    ],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function makeCertificate(folder: string, name: string, more: readonly string[]): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)];
  const args = ['req', '-x509', ...key, ...files, '-days', '2', '-subj', `/CN=${name}`, ...more];
  const done = spawnSync('openssl', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`openssl ${args.join(' ')}: ${done.stderr}`);
}

/** A redis-server for TLS; `url` is `rediss://`, `port` is a second, plain one. */
export async function startRedisTls({ config }: RedisTls): Promise<RedisProcess> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const server = await spawnRedis({ port, config: [...IN_MEMORY, `tls-port ${tlsPort}`, ...config] });
  return { ...server, url: `rediss://127.0.0.1:${tlsPort}?servername=redis.internal` };
}
