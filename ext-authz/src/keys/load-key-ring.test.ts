import { hash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import type { DocumentOf } from '@paymesh/common/policy';

import { loadKeyRing } from './load-key-ring.ts';

const SHORT = Buffer.from('0123456789abcdef');
const LONG = Buffer.alloc(65, 'k');

describe('loadKeyRing', () => {
  test('takes keys whose secrets sign differently', async () => {
    const { ring, findings } = await load(SHORT, LONG);
    expect([...ring.values()].map(({ id }) => id)).toEqual(['one', 'other']);
    expect(findings).toEqual([]);
  });

  test.each([
    ['the same secret', SHORT, SHORT],
    ['a secret with zeros after it, as HMAC pads it', SHORT, Buffer.concat([SHORT, Buffer.alloc(4)])],
    ['a long secret and its hash, which HMAC takes for it', LONG, hash('sha256', LONG, 'buffer')],
  ])('refuses %s', async (_name, one, other) => {
    const { findings } = await load(one, other);
    expect(findings).toEqual([expect.objectContaining({ code: 'PM6002', got: 'the secret of key "one"' })]);
  });
});

function load(one: Buffer, other: Buffer) {
  const secrets: Record<string, string> = { ONE: one.toString('base64'), OTHER: other.toString('base64') };
  return loadKeyRing(keySet, {
    readVariable: (name) => secrets[name],
    readFile: () => Promise.reject(new Error('no files here')),
  });
}

const keySet: DocumentOf<'KeySet'> = {
  kind: 'KeySet',
  metadata: { name: 'merchants', namespace: 'pay', labels: {}, annotations: {} },
  at: { file: 'a.yaml', line: 1, column: 1 },
  positions: new Map(),
  spec: { keys: [key('one', 'ONE'), key('other', 'OTHER')] },
};

function key(id: string, name: string) {
  return {
    id,
    owner: 'merchant-a',
    algorithm: 'hmac-sha256',
    secret: { kind: 'env', name },
    revoked: false,
  } as const;
}
