import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a Route', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a service that is not there',
      { r: shortDocument('Route', 'pay/r', '{service: orders, match: [{path: {exact: /r}}]}') },
      [
        'r.yaml:4:17 PM3001 spec.service: expected the name of a Service; looked for it in namespace pay; got "orders", which is not there',
      ],
    ],
    [
      'a gateway that is misspelt',
      {
        r: shortDocument('Route', 'pay/r', '{service: payments, parent: egde, match: [{path: {exact: /r}}]}'),
      },
      [
        'r.yaml:4:35 PM3005 spec.parent: expected the name of a gateway; looked for a Workload with gateway of that name in all namespaces; got "egde", which is not there (did you mean "edge"?)',
      ],
    ],
    [
      'the same requests at one service',
      {
        r: shortDocument(
          'Route',
          'pay/r',
          '{service: payments, match: [{method: GET, path: {exact: /r}}, {method: GET, path: {template: "/v1/payments/{other}"}}]}',
        ),
      },
      [
        'r.yaml:4:69 PM3004 spec.match[1]: expected a match that no other of the same service or gateway has; got the same as spec.match[0] of Route pay/query at query.yaml:4:35',
      ],
    ],
    [
      'the same requests at one gateway',
      {
        r: shortDocument(
          'Route',
          'psp/r',
          '{service: wechat, parent: edge, match: [{method: POST, path: {exact: /v1/payments}}]}',
        ),
      },
      [
        'r.yaml:4:47 PM3004 spec.match[0]: expected a match that no other of the same service or gateway has; got the same as spec.match[0] of Route pay/charge at charge.yaml:4:49',
      ],
    ],
    [
      'the same requests twice in one route',
      {
        r: shortDocument(
          'Route',
          'pay/r',
          '{service: payments, match: [{path: {exact: /r}}, {path: {exact: /r}}]}',
        ),
      },
      [
        'r.yaml:4:56 PM3004 spec.match[1]: expected a match that no other of the same service or gateway has; got the same as spec.match[0] of Route pay/r at r.yaml:4:35',
      ],
    ],
    [
      'nothing for another method or kind of path',
      {
        r: shortDocument(
          'Route',
          'pay/r',
          '{service: payments, match: [{method: PUT, path: {exact: /v1/payments}}, {path: {prefix: /v1/payments}}, {path: {exact: /v1/payments}}]}',
        ),
      },
      [],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });
});
