import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { canonicalJson, fingerprint } from './fingerprint.ts';

describe('fingerprint', () => {
  test('is the same whatever the order of the keys and the space between', () => {
    expect(fingerprint(JSON.parse('{"b": [1, {"d":1,"c":2}], "a":1}'))).toBe(
      fingerprint(JSON.parse('{"a":1,"b":[1,{"c":2,"d":1}]}')),
    );
  });

  test.each([
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":null}', '{}'],
    ['{"__proto__":{"a":1}}', '{}'],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}'],
    ['[]', '{}'],
  ])('tells %s from %s', (one, other) => {
    expect(fingerprint(JSON.parse(one))).not.toBe(fingerprint(JSON.parse(other)));
  });

  test('stands for the value: canonical text reads back as the same JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        expect(JSON.stringify(JSON.parse(canonicalJson(value)))).toBe(
          canonicalJson(JSON.parse(canonicalJson(value))),
        );
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });
});
