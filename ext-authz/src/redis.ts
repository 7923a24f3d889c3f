import { readFile } from 'node:fs/promises';

import { parseRedisUrl } from '@paymesh/common/config';
import type { Logger } from '@paymesh/common/log';

import { logTrouble } from './log-trouble.ts';
import { type NonceStore, openRedisStore, type RedisCertificates } from './replay/index.ts';

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

/** The Redis store of these options, with its troubles in the log. Rejects when they cannot be right. */
export async function openRedis({ url, files = {} }: RedisOptions, log: Logger): Promise<NonceStore> {
  const parsed = parseRedisUrl(url);
  if (parsed.kind === 'error') throw new Error(`the URL of Redis: ${parsed.message}`);
  const { target } = parsed;
  const certificates = await readCertificates(files);
  if (!target.isTls && Object.keys(certificates).length > 0) {
    throw new Error('certificates are for TLS: begin the URL of Redis with rediss, or leave them out');
  }
  const onTrouble = logTrouble(log, 'redis: signed requests are denied while it cannot answer');
  return openRedisStore({ target, certificates, onTrouble });
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
  return text;
}
