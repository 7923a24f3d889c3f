import { createSecretKey } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { combineRings } from './combine-rings.ts';
import { keyState, type SigningKey } from './key-ring.ts';
import { keyStates } from './key-states.ts';

function key(id: string, more: Partial<SigningKey> = {}): SigningKey {
  return {
    id,
    owner: `owner of ${id}`,
    algorithm: 'hmac-sha256',
    key: createSecretKey(Buffer.from('0123456789abcdef')),
    nonceScope: `scope of ${id}`,
    notBeforeMs: undefined,
    notAfterMs: undefined,
    isRevoked: false,
    ...more,
  };
}

const ring = (...keys: readonly SigningKey[]) => new Map(keys.map((one) => [one.id, one]));

describe('keyState', () => {
  test.each([
    ['active', {}],
    ['pending', { notBeforeMs: 1_001 }],
    ['active', { notBeforeMs: 1_000 }],
    ['retiring', { notAfterMs: 1_000 }],
    ['expired', { notAfterMs: 999 }],
    ['revoked', { isRevoked: true, notAfterMs: 999, staleAfterMs: 999 }],
    ['active', { staleAfterMs: 1_000 }],
    ['expired', { staleAfterMs: 999 }],
  ] as const)('is %s with %j', (state, more) => {
    expect(keyState(key('a', more), 1_000)).toBe(state);
  });
});

describe('keyStates', () => {
  test('lists what may be known and no material', () => {
    const listed = keyStates(ring(key('a', { notAfterMs: 2_000 }), key('b')), 1_000);
    expect(listed).toEqual([
      {
        id: 'a',
        owner: 'owner of a',
        algorithm: 'hmac-sha256',
        state: 'retiring',
        notAfter: '1970-01-01T00:00:02.000Z',
      },
      { id: 'b', owner: 'owner of b', algorithm: 'hmac-sha256', state: 'active', notAfter: null },
    ]);
    expect(inspect(listed)).not.toContain('0123456789');
  });
});

describe('combineRings', () => {
  const ids = (values: Iterable<SigningKey>) => [...values].map(({ id, owner }) => `${id}/${owner}`);

  test('gives an id to the first ring that has it', async () => {
    const combined = combineRings(ring(key('a', { isRevoked: true })), [
      ring(key('a'), key('b')),
      ring(key('b', { owner: 'x' })),
    ]);
    expect(combined.get('a')?.isRevoked).toBe(true);
    expect(ids(combined.values())).toEqual(['a/owner of a', 'b/owner of b']);
    expect((await combined.lookUp?.('a'))?.isRevoked).toBe(true);
  });

  test.each([
    ['the first ring', ring(key('a')), []],
    ['another ring before', ring(), [ring(key('a'))]],
  ])('hides a later key that %s has under another id', async (_name, first, before) => {
    const twin = ring(key('b', { nonceScope: 'scope of a' }));
    const combined = combineRings(first, [...before, { get: () => undefined, values: () => [] }, twin]);
    expect(combined.get('b')).toBeUndefined();
    expect(await combined.lookUp?.('b')).toBeUndefined();
    expect(ids(combined.values())).toEqual(['a/owner of a']);
  });

  test('sees what another ring holds at that moment, and asks it for what it does not hold', async () => {
    const later = new Map<string, SigningKey>();
    const asked: string[] = [];
    const remote = {
      get: (id: string) => later.get(id),
      values: () => later.values(),
      lookUp: async (id: string) => {
        asked.push(id);
        later.set(id, key(id));
        return later.get(id);
      },
    };
    const combined = combineRings(ring(key('a')), [remote]);
    expect(combined.get('b')).toBeUndefined();
    expect((await combined.lookUp?.('b'))?.id).toBe('b');
    expect(combined.get('b')?.id).toBe('b');
    await combined.lookUp?.('a');
    expect(asked).toEqual(['b']);
  });

  test('alone a ring is complete', () => {
    expect(combineRings(ring(key('a')), []).lookUp).toBeUndefined();
  });
});
