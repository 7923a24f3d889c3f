import { readFile } from 'node:fs/promises';

import { parseRedisUrl, type RedisTarget } from '../config/index.ts';
import { firstEndMs } from './certificates.ts';
import type { RedisCertificates } from './client.ts';

export interface RedisOptions {
  /** One of the forms of `parseRedisUrl`. Never printed. */
  readonly url: string;
  /** PEM files for TLS, read once. */
  readonly files?: RedisFiles | undefined;
}

export interface RedisFiles {
  /** Who may have signed the server's certificate. Default: those that Node trusts. */
  readonly ca?: string | undefined;
  /** Certificate and key of this service, for a server that asks for them; both or none. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface RedisAccess {
  readonly target: RedisTarget;
  readonly certificates: RedisCertificates;
}

/** What a client needs. Rejects when the options cannot be right, with a sentence that says what to do. */
export async function readRedisAccess({ url, files = {} }: RedisOptions): Promise<RedisAccess> {
  const parsed = parseRedisUrl(url);
  if (parsed.kind === 'error') throw new Error(`the URL of Redis: ${parsed.message}`);
  const { target } = parsed;
  const certificates = await readCertificates(files);
  if (!target.isTls && Object.keys(certificates).length > 0) {
    throw new Error('certificates are for TLS: begin the URL of Redis with rediss, or leave them out');
  }
  return { target, certificates };
}

async function readCertificates({ ca, cert, key }: RedisFiles): Promise<RedisCertificates> {
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error('the certificate for Redis and its key go together: name both files, or none');
  }
  return {
    ...(ca === undefined ? {} : { ca: await readPem(ca) }),
    ...(cert === undefined ? {} : { cert: await readPem(cert) }),
    ...(key === undefined ? {} : { key: await readPem(key) }),
  };
}

async function readPem(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${file} cannot be read: it should hold a certificate or key for Redis`, { cause });
  });
  if (!text.includes('-----BEGIN ')) throw new Error(`${file} has no PEM: it should begin with -----BEGIN`);
  try {
    firstEndMs(text);
  } catch (cause) {
    throw new Error(`${file} has a certificate that cannot be read: it should be X.509 in PEM`, { cause });
  }
  return text;
}
