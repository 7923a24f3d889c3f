import { describe, expect, test } from '@jest/globals';

import { findingsWith, goodMesh, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a SigningPolicy', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a key set that is misspelt',
      {
        p: shortDocument(
          'SigningPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], verify: {scheme: hmac-sha256, keys: {from: keyset/merchant}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}}',
        ),
      },
      [
        'p.yaml:4:94 PM3001 spec.verify.keys.from: expected the name of a KeySet; looked for it in namespace pay; got "merchant", which is not there (did you mean "merchants"?)',
      ],
    ],
    [
      'two policies on one route, even on different levels',
      {
        p: shortDocument(
          'SigningPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}}',
        ),
        q: shortDocument(
          'SigningPolicy',
          'pay/q',
          '{targetRefs: [{kind: Service, name: payments}], priority: 9, verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}}',
        ),
      },
      [
        'q.yaml:4:20 PM3012 spec.targetRefs: expected routes that no other SigningPolicy has; got route pay/charge, which SigningPolicy pay/p at p.yaml:1:1 has',
      ],
    ],
    [
      'nothing when one of two is off',
      {
        p: shortDocument(
          'SigningPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}}',
        ),
        q: shortDocument(
          'SigningPolicy',
          'pay/q',
          '{targetRefs: [{kind: Service, name: payments}], mode: Off, verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}}',
        ),
      },
      [],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });

  const route = shortDocument(
    'Route',
    'psp/r',
    '{service: wechat, parent: edge, match: [{method: POST, path: {exact: /r}}]}',
  );
  const required = (goodMesh['defaults'] ?? '').replace(
    /spec: \{/,
    'spec: {overrides: {signing: Required}, ',
  );

  test('warns of a route that strangers can reach and no policy names', () => {
    expect(findingsWith({ unsigned: '', r: route })).toContainEqual(
      expect.stringMatching(/^r\.yaml:4:\d+ PM4010/),
    );
  });

  test('refuses it where MeshDefaults requires signatures, also with a policy that is off', () => {
    expect(findingsWith({ defaults: required, r: route })).toEqual([
      expect.stringMatching(/^charge\.yaml:4:\d+ PM4009/),
      expect.stringMatching(/^r\.yaml:4:\d+ PM4009/),
    ]);
  });
});
