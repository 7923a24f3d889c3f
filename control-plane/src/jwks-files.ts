import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { MAX_JWKS_BYTES } from '@paymesh/common/jwks';
import { type PolicyDocument, policyId } from '@paymesh/common/policy';

/** Text of the JWKS file of an AccessPolicy, by `namespace/name` of the policy. */
export type JwksFiles = ReadonlyMap<string, string>;

/** Reads the JWKS files that the policies name; one that cannot be read is not there, which the compiler reports. */
export async function readJwksFiles(documents: readonly PolicyDocument[]): Promise<JwksFiles> {
  const read = await Promise.all(
    documents.map(async (document) => {
      if (document.kind !== 'AccessPolicy') return undefined;
      const keys = document.spec.identity.jwt?.keys;
      if (keys?.kind !== 'file') return undefined;
      const text = await readBounded(resolve(dirname(document.at.file), keys.path));
      return text === undefined ? undefined : ([policyId(document), text] as const);
    }),
  );
  return new Map(read.filter((pair) => pair !== undefined));
}

/** True when both hold the same. */
export function isSameJwks(a: JwksFiles, b: JwksFiles): boolean {
  return a.size === b.size && [...a].every(([id, text]) => b.get(id) === text);
}

async function readBounded(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > MAX_JWKS_BYTES ? undefined : await readFile(path, 'utf8');
  } catch {
    // The finding of the compiler names the file.
    return undefined;
  }
}
