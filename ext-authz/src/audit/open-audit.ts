import { readFile } from 'node:fs/promises';

import type { Secret } from '@paymesh/common/secret';

import { parseSecret } from '../keys/index.ts';
import type { AuditOptions } from './audit-log.ts';
import { type Chain, createChain, resumeChain } from './chain/index.ts';
import { errorCode } from './error-code.ts';
import { createStdoutSink, openFileSink } from './sink/index.ts';

export interface AuditSettings {
  /** Lines are appended to it. Default: standard output. */
  readonly file?: string | undefined;
  /** Seals each line to the one before; needs a file. Default false. */
  readonly isChained?: boolean | undefined;
  /** File with a key in base64, for a chain that only its holder can make. Default: a chain without. */
  readonly chainKeyFile?: string | undefined;
  /** One allow in so many is written; 1: all, 0: none. Default 100. */
  readonly allowSample?: number | undefined;
}

/** Opens where the decision log goes; rejects with a sentence when that, its chain or its key cannot be used. */
export async function openAudit(
  settings: AuditSettings,
  onTrouble: (code: string | undefined) => void,
): Promise<Pick<AuditOptions, 'sink' | 'chain' | 'allowSample'>> {
  const { file, isChained = false, chainKeyFile, allowSample } = settings;
  if (file === undefined) {
    if (isChained) throw new Error('a chained decision log needs a file: name one with --audit-file PATH');
    return { sink: createStdoutSink({ onTrouble }), allowSample };
  }
  const key = chainKeyFile === undefined ? undefined : await readChainKey(chainKeyFile);
  const chain = isChained ? await openChain(file, key) : undefined;
  const sink = await openFileSink({ path: file, onTrouble }).catch(
    cannot(`write the decision log to ${file}`),
  );
  return { sink, chain, allowSample };
}

/** The key of a chain: padded base64 of 16 to 1 024 bytes. Rejects with a sentence that does not repeat it. */
export async function readChainKey(path: string): Promise<Secret> {
  const text = await readFile(path, 'utf8').catch(cannot(`read the key of the audit chain from ${path}`));
  const parsed = parseSecret(text);
  if (parsed.kind === 'secret') return parsed.secret;
  throw new Error(
    `the key of the audit chain in ${path} is ${parsed.got}: expected base64 of 16 to 1024 bytes`,
  );
}

async function openChain(file: string, key: Secret | undefined): Promise<Chain> {
  return createChain({ ...(await resumeChain(file)), key });
}

function cannot(what: string): (error: unknown) => never {
  return (error) => {
    throw new Error(`cannot ${what} (${errorCode(error)})`, { cause: error });
  };
}
