import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { PolicyDocument } from '@paymesh/common/policy';

/** Bytes of a made key: as long as the MAC it makes. */
const KEY_BYTES = 32;

/**
 * Makes every secret in base64 that a KeySet names and that does not exist; readable by its owner alone. Public keys
 * and secrets in other encodings come from those who sign.
 */
export function createMissingKeys(documents: readonly PolicyDocument[]): readonly string[] {
  const made: string[] = [];
  for (const path of documents.flatMap(secretPaths)) {
    if (existsSync(path)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    made.push(path);
  }
  return made;
}

function secretPaths(document: PolicyDocument): readonly string[] {
  if (document.kind !== 'KeySet') return [];
  return document.spec.keys
    .filter((key) => key.algorithm === 'hmac-sha256')
    .map(({ secret }) => secret)
    .filter((secret) => secret.kind === 'file')
    .filter(({ encoding = 'base64' }) => encoding === 'base64')
    .map(({ path }) => resolve(dirname(document.at.file), path));
}
