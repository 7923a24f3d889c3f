import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { PolicyDocument } from '@paymesh/common/policy';

/** Bytes of a made key: as long as the MAC it makes. */
const KEY_BYTES = 32;

/** Makes every key file that a KeySet names and that does not exist; readable by its owner alone. */
export function createMissingKeys(documents: readonly PolicyDocument[]): readonly string[] {
  const made: string[] = [];
  for (const document of documents) {
    if (document.kind !== 'KeySet') continue;
    for (const { secret } of document.spec.keys) {
      if (secret.kind !== 'file') continue;
      const path = resolve(dirname(document.at.file), secret.path);
      if (existsSync(path)) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
      made.push(path);
    }
  }
  return made;
}
