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
    [
      'secrets in other encodings',
      lines(
        'keys:',
        '  - {id: adyen, owner: adyen, secret: {file: a.hex, encoding: hex}}',
        '  - {id: stripe, owner: stripe, secret: {env: STRIPE, encoding: text}}',
      ),
      {
        keys: [
          {
            id: 'adyen',
            owner: 'adyen',
            algorithm: 'hmac-sha256',
            secret: { kind: 'file', path: 'a.hex', encoding: 'hex' },
            revoked: false,
          },
          {
            id: 'stripe',
            owner: 'stripe',
            algorithm: 'hmac-sha256',
            secret: { kind: 'env', name: 'STRIPE', encoding: 'text' },
            revoked: false,
          },
        ],
      },
    ],
    [
      'public keys, the short word for ECDSA too',
      lines(
        'keys:',
        '  - {id: a, owner: m, algorithm: ed25519, publicKey: {file: a.pem}}',
        '  - {id: b, owner: m, algorithm: ecdsa-p256, publicKey: {env: B}}',
      ),
      {
        keys: [
          {
            id: 'a',
            owner: 'm',
            algorithm: 'ed25519',
            publicKey: { kind: 'file', path: 'a.pem' },
            revoked: false,
          },
          {
            id: 'b',
            owner: 'm',
            algorithm: 'ecdsa-p256-sha256',
            publicKey: { kind: 'env', name: 'B' },
            revoked: false,
          },
        ],
      },
    ],
    [
      'a folder',
      'folder: {path: /run/keys, algorithm: rsa-pss-sha512, owner: m}',
      { keys: [], folder: { path: '/run/keys', algorithm: 'rsa-pss-sha512', owner: 'm' } },
    ],
    [
      'a JWK set with the defaults',
      'jwks: {url: https://idp.example/jwks.json, owner: m}',
      {
        keys: [],
        jwks: {
          url: 'https://idp.example/jwks.json',
          owner: 'm',
          algorithms: [
            'ed25519',
            'ecdsa-p256-sha256',
            'ecdsa-p384-sha384',
            'rsa-pss-sha512',
            'rsa-v1_5-sha256',
          ],
          refreshMs: 300_000,
          maxStaleMs: 86_400_000,
        },
      },
    ],
    [
      'certificates of WeChat Pay with the defaults',
      'wechatCertificates: {merchant: {mchid: "1900000001", serial: 3775B6A45ACD588826D15E583A95F5DD, privateKey: {file: m.pem}}, apiV3Key: {env: V3}}',
      {
        keys: [],
        wechatCertificates: {
          url: 'https://api.mch.weixin.qq.com/v3/certificates',
          owner: 'wechatpay',
          merchant: {
            mchid: '1900000001',
            serial: '3775B6A45ACD588826D15E583A95F5DD',
            privateKey: { kind: 'file', path: 'm.pem' },
          },
          apiV3Key: { kind: 'env', name: 'V3' },
          refreshMs: 43_200_000,
          maxStaleMs: 172_800_000,
        },
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
      [
        'p.yaml:5:39 PM2104 spec.keys[0].algorithm: expected one of hmac-sha256, ed25519, ecdsa-p256-sha256, ecdsa-p384-sha384, rsa-pss-sha512, rsa-v1_5-sha256; got "hmac-sha1"',
      ],
    ],
    [
      'no source of keys',
      '{}',
      [
        'p.yaml:5:3 PM1204 spec: expected at least one of the keys keys, folder, jwks, wechatCertificates; got none of them',
      ],
    ],
    [
      'a key without material',
      'keys: [{id: a, owner: m}]',
      [
        'p.yaml:5:10 PM1204 spec.keys[0]: expected at least one of the keys secret, publicKey; got none of them',
      ],
    ],
    [
      'a public key without its algorithm',
      'keys: [{id: a, owner: m, publicKey: {file: a.pem}}]',
      [
        'p.yaml:5:39 PM2211 spec.keys[0].publicKey: expected a secret, for the algorithm is hmac-sha256; got a public key (write the algorithm of the public key)',
      ],
    ],
    [
      'a secret for a public-key algorithm',
      'keys: [{id: a, owner: m, algorithm: ed25519, secret: {file: a.pem}}]',
      [
        'p.yaml:5:56 PM2211 spec.keys[0].secret: expected a publicKey, for the algorithm is ed25519; got a secret',
      ],
    ],
    [
      'both materials',
      'keys: [{id: a, owner: m, algorithm: ed25519, secret: {env: A}, publicKey: {env: B}}]',
      [
        'p.yaml:5:56 PM2211 spec.keys[0].secret: expected a publicKey, for the algorithm is ed25519; got a secret',
      ],
    ],
    [
      'a key itself where its place belongs, which no finding repeats',
      'keys: [{id: a, owner: m, algorithm: ed25519, publicKey: MC4CAQAwBQYDK2VwBCIEIA}]',
      [
        'p.yaml:5:59 PM1201 spec.keys[0].publicKey: expected a map with exactly one of the keys file, env; got a value that is not shown',
      ],
    ],
    [
      'an encoding that does not exist',
      'keys: [{id: a, owner: m, secret: {env: A, encoding: base32}}]',
      [
        'p.yaml:5:55 PM2104 spec.keys[0].secret.encoding: expected one of base64, hex, text; got a value that is not shown',
      ],
    ],
    [
      'secrets among the algorithms of others',
      'jwks: {url: https://a.example/, owner: m, algorithms: [hmac-sha256]}',
      [
        'p.yaml:5:58 PM2104 spec.jwks.algorithms[0]: expected one of ed25519, ecdsa-p256-sha256, ecdsa-p384-sha384, rsa-pss-sha512, rsa-v1_5-sha256; got "hmac-sha256"',
      ],
    ],
    [
      'keys that expire before they are renewed',
      'jwks: {url: https://a.example/, owner: m, refresh: 1h, maxStale: 90m}',
      ['p.yaml:5:68 PM2203 spec.jwks.maxStale: expected at least twice refresh, 7200s; got 5400s'],
    ],
    [
      'the APIv3 key itself, which no finding repeats',
      'wechatCertificates: {merchant: {mchid: "1900000001", serial: 3775B6A45ACD, privateKey: {file: m.pem}}, apiV3Key: abcdefgh}',
      [
        'p.yaml:5:116 PM1201 spec.wechatCertificates.apiV3Key: expected a map with exactly one of the keys file, env; got a value that is not shown',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('KeySet', spec)).toEqual(expected);
  });

  test.each([
    ['http://keys.example/jwks'],
    ['https://user:word@keys.example/'],
    ['https://keys.example/#a'],
    ['http://127.0.0.1.example/'],
    ['http://localhost@keys.example/'],
    ['https://keys.example\\@localhost/'],
    ['file:///etc/passwd'],
    ['https://keys.example:70000/'],
    ['https://keys.example/a b'],
  ])('refuses the URL %s', (url) => {
    expect(parseSpec('KeySet', `jwks: {url: '${url}', owner: m}`)).toEqual([
      expect.stringContaining('p.yaml:5:15 PM2112 spec.jwks.url: expected an https URL'),
    ]);
  });

  test.each([['http://localhost:8080/jwks'], ['http://127.0.0.1/'], ['http://[::1]:1/jwks?a=b']])(
    'takes the URL %s',
    (url) => {
      expect(parseSpec('KeySet', `jwks: {url: '${url}', owner: m}`)).toMatchObject({ jwks: { url } });
    },
  );
});
