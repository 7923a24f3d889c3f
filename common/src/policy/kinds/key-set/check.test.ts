import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

const now = Date.UTC(2026, 5, 1);

function keySet(notAfter: string, more = ''): Record<string, string> {
  const key = `{id: old, owner: m, secret: {env: A}, notAfter: ${notAfter}${more}}`;
  return { k: shortDocument('KeySet', 'pay/k', `{keys: [${key}]}`) };
}

describe('keys that end', () => {
  test.each([
    ['an expired one', '2026-06-01T00:00:00Z', 'PM4007', 'expired'],
    ['one of tomorrow', '2026-06-02T00:00:00Z', 'PM4008', 'expires'],
    ['one of two weeks', '2026-06-15T00:00:00Z', 'PM4008', 'expires'],
  ])('%s is warned of', (_name, notAfter, code, verb) => {
    expect(findingsWith(keySet(notAfter), now)).toEqual([
      `k.yaml:4:63 ${code} spec.keys[0].notAfter: expected a key that is valid for more than 14 days from now; got key "old", which ${verb} at ${notAfter.replace('Z', '.000Z')}`,
    ]);
  });

  test('a later one is not', () => {
    expect(findingsWith(keySet('2026-06-15T00:00:01Z'), now)).toEqual([]);
  });

  test('a revoked one is not', () => {
    expect(findingsWith(keySet('2026-01-01T00:00:00Z', ', revoked: true'), now)).toEqual([]);
  });

  test('without a time nothing is said', () => {
    expect(findingsWith(keySet('2020-01-01T00:00:00Z'))).toEqual([]);
  });
});
