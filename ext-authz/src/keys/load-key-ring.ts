import { codes, type DocumentOf, type Finding } from '@paymesh/common/policy';

import { type BadKey, bad } from './bad-key.ts';
import { certificateExpiry } from './certificate-expiry.ts';
import { combineRings } from './combine-rings.ts';
import type { KeyRing, SigningKey } from './key-ring.ts';
import { type OwnKey, readOwnKeys } from './read-own-keys.ts';
import { type KeySource, openSources, type RemoteLease } from './remote/index.ts';
import type { SecretSource } from './secret-source.ts';

export interface LoadOptions {
  readonly secrets: SecretSource;
  readonly lease: RemoteLease;
}

export interface LoadedKeyRing {
  readonly ring: KeyRing;
  readonly findings: readonly Finding[];
}

type Document = DocumentOf<'KeySet'>;

interface Problem {
  readonly path: string;
  readonly why: BadKey;
}

/** How long a load waits for the first answer of a remote source, in milliseconds. */
const FIRST_ANSWER_MS = 2_000;

/**
 * Loads every key of a KeySet and reports all that cannot be used. What files and variables give is an error when it is
 * wrong; what a remote source gives, or does not, a warning, for it may be right a moment later. No finding repeats
 * key material.
 */
export async function loadKeyRing(document: Document, options: LoadOptions): Promise<LoadedKeyRing> {
  const { opened, refused } = await openSources(document, options);
  const { keys, problems } = takeKeys(await readOwnKeys(document, options.secrets));
  await Promise.all(opened.map(({ source }) => source.ready(FIRST_ANSWER_MS)));
  const remote = opened.flatMap(({ path, source }) => problemsOf(source, path));
  const ending = certificateExpiry(document, keys, options.lease.clock.now());
  const all = [...problems, ...refused, ...remote, ...ending];
  const rings = opened.map(({ source }) => source.ring);
  return {
    ring: combineRings(keys, rings),
    findings: all.map((problem) => finding(document, problem)),
  };
}

/** Refuses twins: which of two ids signed would be the client's word, and so whose principal the request has. */
function takeKeys(own: readonly OwnKey[]) {
  const keys = new Map<string, SigningKey>();
  const problems: Problem[] = [];
  const idOfScope = new Map<string, string>();
  for (const { path, made } of own) {
    const twin = made.kind === 'key' ? idOfScope.get(made.key.nonceScope) : undefined;
    if (made.kind === 'bad') problems.push({ path, why: made });
    else if (twin !== undefined) problems.push({ path, why: twinOf(made.key, twin) });
    else {
      idOfScope.set(made.key.nonceScope, made.key.id);
      keys.set(made.key.id, made.key);
    }
  }
  return { keys, problems };
}

function twinOf({ algorithm }: SigningKey, id: string): BadKey {
  return algorithm === 'hmac-sha256'
    ? bad('PM6002', 'a secret of its own for every key', `the secret of key "${id}"`)
    : bad('PM6110', 'a public key of its own for every key', `the public key of key "${id}"`);
}

function problemsOf(source: KeySource, path: string): readonly Problem[] {
  const last = source.last();
  if (last?.kind === 'keys') {
    return last.leftOut.map((got) => ({ path, why: bad('PM6121', 'keys that can be used', got) }));
  }
  const got = last === undefined ? 'no answer yet' : last.why;
  return [{ path, why: bad('PM6120', 'a source that gives its keys', got) }];
}

function finding(document: Document, { path, why }: Problem): Finding {
  const { namespace, name } = document.metadata;
  const { code, expected, got, hint } = why;
  return {
    code,
    severity: codes[code].severity,
    at: positionOf(document, path),
    subject: `KeySet ${namespace}/${name}`,
    path,
    expected,
    got,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Of the value, or of the nearest map around it that was typed. */
function positionOf({ positions, at }: Document, path: string): Finding['at'] {
  const parent = path.replace(/\.[^.]+$/, '');
  return positions.get(path) ?? positions.get(parent) ?? at;
}
