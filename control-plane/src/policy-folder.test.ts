import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type LoadedMesh, policyFolder } from './policy-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paymesh-folder-'));
  const access = '{name: a, namespace: pay}';
  const jwt = '{issuer: i, audiences: [a], algorithms: [ES256], keys: {file: idp.jwks}}';
  await writeFile(
    join(folder, 'a.yaml'),
    `apiVersion: paymesh.dev/v1\nkind: AccessPolicy\nmetadata: ${access}\nspec: {targetRefs: [{kind: Service, name: s}], identity: {jwt: ${jwt}}, rules: [{name: a, action: Allow}]}\n`,
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('a set comes with the JWKS that its policies name, and again when one changes', async () => {
  const files = policyFolder(folder);
  expect((await files.read()).jwks).toEqual(new Map());
  const sets: LoadedMesh[] = [];
  const stop = files.watch(
    (loaded) => void sets.push(loaded),
    (error) => {
      throw error;
    },
  );
  await writeFile(join(folder, 'idp.jwks'), 'one');
  await eventually(() => expect(sets.at(-1)?.jwks).toEqual(new Map([['pay/a', 'one']])), {
    timeoutMs: 10_000,
  });
  await rm(join(folder, 'idp.jwks'));
  await eventually(() => expect(sets.at(-1)?.jwks).toEqual(new Map()), { timeoutMs: 10_000 });
  await stop();
}, 25_000);

test('a file that is too large is none', async () => {
  await writeFile(join(folder, 'idp.jwks'), ' '.repeat(65_537));
  expect((await policyFolder(folder).read()).jwks).toEqual(new Map());
});
