import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';

import { createMissingKeys } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-keys-'));
const text = `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec: {keys: [{id: k1, owner: m, algorithm: hmac-sha256, secret: {file: keys/k1.key}}, {id: k2, owner: m, algorithm: hmac-sha256, secret: {env: K2}}]}
`;
const { documents } = loadPolicies([{ path: join(folder, 'keys.yaml'), text }], { nowMs: Date.now() });

describe('createMissingKeys', () => {
  test('makes 32 random bytes that only their owner can read, beside the document', () => {
    const made = createMissingKeys(documents);
    expect(made).toEqual([join(folder, 'keys/k1.key')]);
    expect(Buffer.from(readFileSync(join(folder, 'keys/k1.key'), 'utf8'), 'base64')).toHaveLength(32);
    expect(statSync(join(folder, 'keys/k1.key')).mode & 0o777).toBe(0o600);
  });

  test('leaves a key that is there as it is', () => {
    const before = readFileSync(join(folder, 'keys/k1.key'), 'utf8');
    expect(createMissingKeys(documents)).toEqual([]);
    expect(readFileSync(join(folder, 'keys/k1.key'), 'utf8')).toBe(before);
  });
});
