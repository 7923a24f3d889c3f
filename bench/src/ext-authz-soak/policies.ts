import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SoakKey } from './keys.ts';
import type { Sender } from './senders.ts';

/** How old a signature may be, and how far ahead. */
export const WINDOW_MS = 300_000;
export const SKEW_MS = 30_000;

/** Writes the policies and keys of all senders into a new folder; gives its path. The caller removes it. */
export function writePolicies(keys: ReadonlyMap<Sender, SoakKey>): string {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-soak-'));
  for (const name of ['policies', 'keys']) mkdirSync(join(folder, name));
  const names = new Set([...keys.keys()].map(({ policy }) => policy));
  for (const [{ policy }, { algorithm, published }] of keys) {
    writeFileSync(join(folder, 'keys', fileOf(policy, algorithm)), published, { mode: 0o600 });
  }
  const documents = [...names].map((name) =>
    documentsOf(
      name,
      [...keys].filter(([{ policy }]) => policy === name),
    ),
  );
  writeFileSync(join(folder, 'policies/soak.yaml'), documents.join('---\n'));
  return folder;
}

/** The id of a policy as the proxy names it. */
export function policyIdOf({ policy }: Sender): string {
  return `pay/${policy}`;
}

function fileOf(policy: string, algorithm: string): string {
  return `${policy}-${algorithm}.key`;
}

function documentsOf(name: string, senders: readonly (readonly [Sender, SoakKey])[]): string {
  const keys = senders.map(([{ policy }, { id, owner, algorithm }]) => {
    const material = algorithm === 'hmac-sha256' ? 'secret' : 'publicKey';
    return `    - {id: "${id}", owner: "${owner}", algorithm: ${algorithm}, ${material}: {file: ../keys/${fileOf(policy, algorithm)}}}`;
  });
  return `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: ${name}, namespace: pay}
spec:
  keys:
${keys.join('\n')}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: ${name}, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: soak}]
  verify: {${senders[0]?.[0].verify}, keys: {from: keyset/${name}}}
  replay: {window: ${WINDOW_MS / 1_000}s, skew: ${SKEW_MS / 1_000}s}
`;
}
