import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';

import { createMissingKeys, createMissingSecrets } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function keySet(name: string, keys: string): Parameters<typeof createMissingKeys>[0] {
  const text = `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: ${name}, namespace: pay}
spec: {keys: [${keys}]}
`;
  return loadPolicies([{ path: join(folder, 'keys.yaml'), text }], { nowMs: Date.now() }).documents;
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const modeOf = (name: string): number => statSync(join(folder, name)).mode & 0o777;

describe('secrets of a KeySet', () => {
  const documents = keySet(
    'merchants',
    '{id: k1, owner: m, algorithm: hmac-sha256, secret: {file: keys/k1.key}}, {id: k2, owner: m, secret: {env: K2}}',
  );

  test('are 32 random bytes that only their owner can read, beside the document', () => {
    expect(createMissingKeys(documents)).toEqual([join(folder, 'keys/k1.key')]);
    expect(Buffer.from(read('keys/k1.key'), 'base64')).toHaveLength(32);
    expect(modeOf('keys/k1.key')).toBe(0o600);
  });

  test('that are there are left as they are', () => {
    const before = read('keys/k1.key');
    expect(createMissingKeys(documents)).toEqual([]);
    expect(read('keys/k1.key')).toBe(before);
  });
});

describe('public keys of a KeySet', () => {
  const of = (name: string, algorithm: string) =>
    keySet(name, `{id: k1, owner: m, algorithm: ${algorithm}, publicKey: {file: keys/${name}.pub.pem}}`);

  test.each([
    ['rsa-v1_5-sha256', 'rsa'],
    ['rsa-pss-sha512', 'rsa'],
    ['ed25519', 'ed25519'],
    ['ecdsa-p256-sha256', 'ec'],
    ['ecdsa-p384-sha384', 'ec'],
  ])('of %s get a private half that only its owner can read', (algorithm, type) => {
    const name = algorithm.replaceAll('_', '-');
    const paths = ['private', 'pub'].map((half) => join(folder, `keys/${name}.${half}.pem`));
    expect(createMissingKeys(of(name, algorithm))).toEqual(paths);
    const key = createPrivateKey(read(`keys/${name}.private.pem`));
    expect(key.asymmetricKeyType).toBe(type);
    expect(createPublicKey(read(`keys/${name}.pub.pem`)).equals(createPublicKey(key))).toBe(true);
    expect(modeOf(`keys/${name}.private.pem`)).toBe(0o600);
  });

  test('that are there are left as they are, with or without a private half', () => {
    const documents = of('there', 'ed25519');
    createMissingKeys(documents);
    rmSync(join(folder, 'keys/there.private.pem'));
    expect(createMissingKeys(documents)).toEqual([]);
  });

  test('are written again from the private half', () => {
    const documents = of('half', 'ed25519');
    createMissingKeys(documents);
    const before = read('keys/half.pub.pem');
    rmSync(join(folder, 'keys/half.pub.pem'));
    expect(createMissingKeys(documents)).toEqual([join(folder, 'keys/half.pub.pem')]);
    expect(read('keys/half.pub.pem')).toBe(before);
  });

  test('under another name come from those who sign', () => {
    const key = '{id: k1, owner: m, algorithm: ed25519, publicKey: {file: keys/theirs.pem}}';
    expect(createMissingKeys(keySet('theirs', key))).toEqual([]);
  });
});

test('a missing secret is made of 32 characters, once', () => {
  const path = join(folder, 'more/shared.key');
  expect(createMissingSecrets([path])).toEqual([path]);
  expect(read('more/shared.key')).toMatch(/^[\w-]{32}$/);
  expect(modeOf('more/shared.key')).toBe(0o600);
  expect(createMissingSecrets([path])).toEqual([]);
});
