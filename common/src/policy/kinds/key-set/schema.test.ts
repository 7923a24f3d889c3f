import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

describe('KeySet', () => {
  test.each([
    [
      'a key with the defaults',
      'keys: [{id: a-2026, owner: merchant-a, secret: {file: keys/a.key}}]',
      {
        keys: [
          {
            id: 'a-2026',
            owner: 'merchant-a',
            algorithm: 'hmac-sha256',
            secret: { kind: 'file', path: 'keys/a.key' },
            revoked: false,
          },
        ],
      },
    ],
    [
      'everything',
      lines(
        'keys:',
        '  - id: a',
        '    owner: m',
        '    algorithm: hmac-sha256',
        '    secret: {env: KEY_A}',
        '    notBefore: 2026-01-01T00:00:00Z',
        '    notAfter: 2026-12-31T23:59:59+08:00',
        '    revoked: true',
      ),
      {
        keys: [
          {
            id: 'a',
            owner: 'm',
            algorithm: 'hmac-sha256',
            secret: { kind: 'env', name: 'KEY_A' },
            notBeforeMs: 1767225600000,
            notAfterMs: 1798732799000,
            revoked: true,
          },
        ],
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('KeySet', spec)).toEqual(expected);
  });

  test.each([
    ['no keys', 'keys: []', ['p.yaml:5:9 PM1205 spec.keys: expected a list of 1 to 10000 keys; got 0 items']],
    [
      'the secret itself, which no finding repeats',
      'keys: [{id: a, owner: m, secret: c2VjcmV0}]',
      [
        'p.yaml:5:36 PM1201 spec.keys[0].secret: expected a map with exactly one of the keys file, env; got a value that is not shown',
      ],
    ],
    [
      'the secret below an unknown key',
      'keys: [{id: a, owner: m, secret: {value: c2VjcmV0}}]',
      [
        'p.yaml:5:36 PM1204 spec.keys[0].secret: expected a map with exactly one of the keys file, env; got none of them',
      ],
    ],
    [
      'a secret of two sources',
      'keys: [{id: a, owner: m, secret: {file: a, env: B}}]',
      [
        'p.yaml:5:46 PM1204 spec.keys[0].secret: expected a map with exactly one of the keys file, env; got both file and env',
      ],
    ],
    [
      'an id twice',
      lines('keys:', '  - {id: a, owner: m, secret: {env: A}}', '  - {id: a, owner: n, secret: {env: B}}'),
      ['p.yaml:7:7 PM3010 spec.keys[1]: expected each item once; spec.keys[0] is the same; got "a"'],
    ],
    [
      'a validity that ends before it begins',
      'keys: [{id: a, owner: m, secret: {env: A}, notBefore: 2026-02-01T00:00:00Z, notAfter: 2026-01-01T00:00:00Z}]',
      [
        'p.yaml:5:89 PM2201 spec.keys[0].notAfter: expected a time after notBefore, 2026-02-01T00:00:00.000Z; got 2026-01-01T00:00:00.000Z',
      ],
    ],
    [
      'a time without an offset',
      'keys: [{id: a, owner: m, secret: {env: A}, notAfter: 2026-02-01T00:00:00}]',
      [
        'p.yaml:5:56 PM2107 spec.keys[0].notAfter: expected a time as in RFC 3339, such as 2026-01-31T00:00:00Z; got "2026-02-01T00:00:00"',
      ],
    ],
    [
      'a day that does not exist',
      'keys: [{id: a, owner: m, secret: {env: A}, notAfter: 2026-02-30T00:00:00Z}]',
      [
        'p.yaml:5:56 PM2107 spec.keys[0].notAfter: expected a time as in RFC 3339, such as 2026-01-31T00:00:00Z; got "2026-02-30T00:00:00Z"',
      ],
    ],
    [
      'an owner that would split a header',
      'keys: [{id: a, owner: "m\\r\\nx: y", secret: {env: A}}]',
      [
        'p.yaml:5:25 PM2112 spec.keys[0].owner: expected the principal: 1 to 128 letters, digits, ".", "_", "-", ":", "@" and "/"; got "m\\r\\nx: y"',
      ],
    ],
    [
      'an unknown algorithm',
      'keys: [{id: a, owner: m, algorithm: hmac-sha1, secret: {env: A}}]',
      ['p.yaml:5:39 PM2104 spec.keys[0].algorithm: expected "hmac-sha256"; got "hmac-sha1"'],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('KeySet', spec)).toEqual(expected);
  });
});
