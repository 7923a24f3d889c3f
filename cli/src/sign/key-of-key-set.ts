import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { loadPolicies, policyId, type SecretKeySpec } from '@paymesh/common/policy';
import { type PrivateSigningKey, parseSecret } from '@paymesh/ext-authz';

import { CommandError } from '../output/index.ts';
import { findingsError, readPolicyFiles } from '../policies/index.ts';

export interface KeySetKey {
  /** Folder of policy files. */
  readonly config: string;
  /** NAMESPACE/NAME. */
  readonly keySet: string;
  /** Default: the first that is valid now. */
  readonly key?: string | undefined;
}

/** A secret of a KeySet to sign with; throws a sentence that says what there is instead. */
export async function keyOfKeySet(
  wanted: KeySetKey,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PrivateSigningKey> {
  const found = await findKey(wanted);
  return { id: found.id, algorithm: 'hmac-sha256', key: createSecretKey(readSecret(found, env)) };
}

interface FoundKey {
  readonly id: string;
  readonly secret: SecretKeySpec['secret'];
  /** Folder of the document, which file paths are relative to. */
  readonly folder: string;
}

async function findKey({ config, keySet, key }: KeySetKey): Promise<FoundKey> {
  const files = await readPolicyFiles(config);
  const { documents, findings } = loadPolicies(files, { nowMs: Date.now() });
  const sets = documents.filter((document) => document.kind === 'KeySet');
  const set = sets.find((one) => policyId(one) === keySet);
  // A merchant signs whether or not an edit of other policies is broken: the mesh has those of before.
  const errors = findings.filter(({ severity }) => severity === 'error');
  const inTheWay =
    set === undefined ? errors : errors.filter(({ subject }) => subject === `KeySet ${keySet}`);
  if (inTheWay.length > 0) throw findingsError(inTheWay, files);
  if (set === undefined) {
    const known = sets.map(policyId).join(', ');
    throw new CommandError(
      `${config} has no KeySet ${keySet}; it has ${known || 'none'}: name it with --key-set`,
    );
  }
  const now = Date.now();
  const secrets = set.spec.keys.filter((candidate) => candidate.algorithm === 'hmac-sha256');
  const found = secrets.find((candidate) =>
    key === undefined
      ? !candidate.revoked &&
        (candidate.notBeforeMs ?? 0) <= now &&
        now < (candidate.notAfterMs ?? Number.MAX_SAFE_INTEGER)
      : candidate.id === key,
  );
  if (found === undefined) {
    const known = secrets.map((candidate) => candidate.id).join(', ');
    throw new CommandError(
      `KeySet ${keySet} has no ${key === undefined ? 'valid key' : `key ${key}`}; it has ${known}`,
    );
  }
  return { id: found.id, secret: found.secret, folder: dirname(resolve(set.at.file)) };
}

/** Read as ext-authz reads it: a key that it refuses would only make signatures that it refuses. */
function readSecret(key: FoundKey, env: Readonly<Record<string, string | undefined>>): Buffer {
  const parsed = parseSecret(secretText(key, env), key.secret.encoding);
  if (parsed.kind === 'secret') return parsed.secret.reveal();
  throw new CommandError(
    `key ${key.id} cannot be used: expected ${key.secret.encoding ?? 'base64'} text of 16 to 1024 bytes, got ${parsed.got}`,
  );
}

function secretText(
  { id, secret, folder }: FoundKey,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (secret.kind === 'env') {
    const value = env[secret.name];
    if (!value)
      throw new CommandError(
        `key ${id} is read from the environment variable ${secret.name}, which is not set`,
      );
    return value;
  }
  try {
    return readFileSync(resolve(folder, secret.path), 'utf8');
  } catch (error) {
    throw new CommandError(
      `cannot read key ${id} from ${secret.path}: "paymesh up" makes missing ones`,
      undefined,
      { cause: error },
    );
  }
}
