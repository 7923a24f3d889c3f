import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

describe('SigningPolicy', () => {
  test.each([
    [
      'the defaults',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
      ),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        verify: {
          scheme: 'hmac-sha256',
          keys: { keySet: { namespace: 'pay', name: 'merchants' }, idHeader: 'x-key-id' },
          timestampHeader: 'x-timestamp',
          nonceHeader: 'x-nonce',
          signatureHeader: 'x-signature',
          cover: ['method', 'path', 'query', 'header(x-timestamp)', 'header(x-nonce)', 'bodyDigest'],
        },
        replay: {
          windowMs: 300000,
          skewMs: 30000,
          nonceStore: 'embedded',
          onStoreDown: 'Deny',
          minNonce: 16,
        },
        maxBodyBytes: 65536,
        denial: 'Problem',
      },
    ],
    [
      'everything',
      lines(
        'targetRefs: [{kind: Service, name: s, namespace: other}]',
        'mode: Shadow',
        'priority: 5',
        'verify:',
        '  scheme: hmac-sha256',
        '  keys: {from: keyset/m, id: header(X-Key)}',
        '  timestamp: header(X-Time)',
        '  nonce: header(X-Once)',
        '  signature: header(X-Sig)',
        '  cover: [bodyDigest, method, path, query, header(x-time), header(X-ONCE), header(Idempotency-Key)]',
        'replay: {window: 60s, skew: 5s, nonceStore: redis, onStoreDown: Local, minNonce: 32}',
        'maxBody: 1MiB',
      ),
      {
        targetRefs: [{ namespace: 'other', kind: 'Service', name: 's' }],
        mode: 'Shadow',
        priority: 5,
        verify: {
          scheme: 'hmac-sha256',
          keys: { keySet: { namespace: 'pay', name: 'm' }, idHeader: 'x-key' },
          timestampHeader: 'x-time',
          nonceHeader: 'x-once',
          signatureHeader: 'x-sig',
          cover: [
            'bodyDigest',
            'method',
            'path',
            'query',
            'header(x-time)',
            'header(x-once)',
            'header(idempotency-key)',
          ],
        },
        replay: {
          windowMs: 60000,
          skewMs: 5000,
          nonceStore: 'redis',
          onStoreDown: 'Local',
          minNonce: 32,
        },
        maxBodyBytes: 1048576,
        denial: 'Problem',
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('SigningPolicy', spec)).toEqual(expected);
  });

  test.each([
    [
      'a cover without the body',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify:',
        '  scheme: hmac-sha256',
        '  keys: {from: keyset/m}',
        '  cover: [method, path, query, header(X-Timestamp), header(X-Nonce)]',
      ),
      [
        'p.yaml:9:12 PM4006 spec.verify.cover: expected hmac-sha256 to cover method, path, query, header(x-timestamp), header(x-nonce), bodyDigest; got no bodyDigest (add bodyDigest: what is not covered can be changed by a forger)',
      ],
    ],
    [
      'a cover without the nonce header of this policy',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, nonce: header(X-Once), cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
      ),
      [
        'p.yaml:6:87 PM4006 spec.verify.cover: expected hmac-sha256 to cover method, path, query, header(x-timestamp), header(x-once), bodyDigest; got no header(x-once) (add header(x-once): what is not covered can be changed by a forger)',
      ],
    ],
    [
      'two parts of a credential in one header',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, nonce: header(X-Timestamp), cover: [method, path, query, header(X-Timestamp), bodyDigest]}',
      ),
      [
        'p.yaml:6:64 PM4011 spec.verify.nonce: expected a header for each of key id, timestamp, nonce and signature; got header(x-timestamp) for two of them',
      ],
    ],
    [
      'a cover of what cannot be signed',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest, header(Host), header(X-Signature)]}',
      ),
      [
        'p.yaml:6:64 PM4011 spec.verify.cover: expected parts of the request that are there before it is signed and reach ext-authz as sent; got header(x-signature), header(host)',
      ],
    ],
    [
      'a misspelt part',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, cover: [method, pth, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
      ),
      [
        'p.yaml:6:73 PM2104 spec.verify.cover[1]: expected one of method, path, query, bodyDigest, header(NAME); got "pth" (did you mean "path"?)',
      ],
    ],
    [
      'keys from something else than a key set',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
      ),
      ['p.yaml:6:46 PM2109 spec.verify.keys.from: expected a KeySet: keyset/NAME; got "merchants"'],
    ],
    [
      'a nonce store that fails open',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
        'replay: {onStoreDown: Allow}',
      ),
      ['p.yaml:7:25 PM2104 spec.replay.onStoreDown: expected one of Deny, Local; got "Allow"'],
    ],
    [
      'a skew longer than the window',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
        'replay: {window: 5s, skew: 30s}',
      ),
      [
        'p.yaml:7:30 PM2203 spec.replay.skew: expected a skew no longer than the window of 5000ms; got 30000ms',
      ],
    ],
    [
      'a body without a unit',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'verify: {scheme: hmac-sha256, keys: {from: keyset/m}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}',
        'maxBody: 65536',
      ),
      [
        'p.yaml:7:12 PM2105 spec.maxBody: expected a size from 1B to 16MiB, such as 512B, 64KiB or 1MiB; got 65536 (give it a unit: 65536B)',
      ],
    ],
    [
      'no verification',
      lines('targetRefs: [{kind: Route, name: r}]'),
      [
        'p.yaml:5:3 PM1203 spec: expected the key "verify": a map in which scheme is one of hmac-sha256, rfc9421, wechatpay, alipay, alipayplus, unionpay, stripe, adyen, standard-webhooks, sigv4; got no such key',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('SigningPolicy', spec)).toEqual(expected);
  });
});
