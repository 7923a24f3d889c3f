import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { PolicyDocument, PublicKeySpec, SecretKeySpec } from '@paymesh/common/policy';

import { makePrivateKey } from './make-private-key.ts';

/** Bytes of a made key: as long as the MAC it makes. */
const KEY_BYTES = 32;
/** Bytes of a made secret, which are 32 characters of base64url. */
const SECRET_BYTES = 24;
const OWNER_ONLY = 0o600;
const PUBLIC_END = '.pub.pem';
const PRIVATE_END = '.private.pem';

/**
 * Makes every key that a KeySet names and that does not exist: secrets in base64, and for a public key in
 * NAME.pub.pem a pair, the private half in NAME.private.pem beside it. Gives the paths of the files. Secrets in other
 * encodings, and public keys under other names, come from those who sign.
 */
export function createMissingKeys(documents: readonly PolicyDocument[]): readonly string[] {
  return documents.flatMap((document) => {
    if (document.kind !== 'KeySet') return [];
    const folder = dirname(document.at.file);
    return document.spec.keys.flatMap((key) =>
      key.algorithm === 'hmac-sha256' ? createSecret(folder, key) : createPair(folder, key),
    );
  });
}

/** Makes every file that does not exist, with a text of 32 characters; gives the paths of those made. */
export function createMissingSecrets(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => createFile(path, randomBytes(SECRET_BYTES).toString('base64url')));
}

function createSecret(folder: string, { secret }: SecretKeySpec): readonly string[] {
  if (secret.kind !== 'file' || (secret.encoding ?? 'base64') !== 'base64') return [];
  return createFile(resolve(folder, secret.path), `${randomBytes(KEY_BYTES).toString('base64')}\n`);
}

/** A private half that is there is kept, and its public one written again. */
function createPair(folder: string, { algorithm, publicKey }: PublicKeySpec): readonly string[] {
  if (publicKey.kind !== 'file' || !publicKey.path.endsWith(PUBLIC_END)) return [];
  const publicPath = resolve(folder, publicKey.path);
  if (existsSync(publicPath)) return [];
  const privatePath = `${publicPath.slice(0, -PUBLIC_END.length)}${PRIVATE_END}`;
  const made = existsSync(privatePath) ? [] : createFile(privatePath, makePrivateKey(algorithm));
  const half = createPublicKey(createPrivateKey(readFileSync(privatePath)));
  return [...made, ...createFile(publicPath, half.export({ type: 'spki', format: 'pem' }).toString())];
}

function createFile(path: string, text: string): readonly string[] {
  if (existsSync(path)) return [];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: OWNER_ONLY, flag: 'wx' });
  return [path];
}
