import { describe, expect, test } from '@jest/globals';

import { parsePolicyFiles } from '../../parse-policy-files.ts';
import { lines, parseSpec, shortDocument } from '../../testing/parse-spec.ts';

describe('Route', () => {
  test.each([
    [
      'the defaults',
      lines('service: payments', 'match: [{path: {prefix: /}}]'),
      {
        service: { namespace: 'pay', name: 'payments' },
        match: [{ path: { kind: 'prefix', value: '/' } }],
      },
    ],
    [
      'everything',
      lines(
        'service: psp/wechat',
        'parent: edge',
        'match:',
        '  - {method: POST, path: {exact: /v1/payments}}',
        '  - {method: GET, path: {template: "/v1/payments/{id}"}}',
        'idempotency: {key: header(Idempotency-Key)}',
      ),
      {
        service: { namespace: 'psp', name: 'wechat' },
        parent: 'edge',
        match: [
          { method: 'POST', path: { kind: 'exact', value: '/v1/payments' } },
          { method: 'GET', path: { kind: 'template', value: '/v1/payments/{id}' } },
        ],
        idempotency: { key: { kind: 'header', name: 'idempotency-key' }, required: true },
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('Route', spec)).toEqual(expected);
  });

  test.each([
    [
      'no match',
      lines('service: payments', 'match: []'),
      ['p.yaml:6:10 PM1205 spec.match: expected a list of 1 to 64 matches; got 0 items'],
    ],
    [
      'a method in lower case',
      lines('service: payments', 'match: [{method: post, path: {exact: /a}}]'),
      [
        'p.yaml:6:20 PM2104 spec.match[0].method: expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; got "post" (did you mean "POST"?)',
      ],
    ],
    [
      'a path without a slash',
      lines('service: payments', 'match: [{path: {exact: v1}}]'),
      [
        'p.yaml:6:26 PM2111 spec.match[0].path.exact: expected a path from its first slash, without query, "//" and "..", such as /v1/payments; got "v1" (begin with a slash)',
      ],
    ],
    [
      'a path with a query',
      lines('service: payments', 'match: [{path: {exact: /v1?a=b}}]'),
      [
        'p.yaml:6:26 PM2111 spec.match[0].path.exact: expected a path from its first slash, without query, "//" and "..", such as /v1/payments; got "/v1?a=b"',
      ],
    ],
    [
      'a path that normalising removes',
      lines('service: payments', 'match: [{path: {prefix: /a/../b}}]'),
      [
        'p.yaml:6:27 PM2111 spec.match[0].path.prefix: expected a path from its first slash, without query, "//" and "..", such as /v1/payments; got "/a/../b"',
      ],
    ],
    [
      'a parameter in an exact path',
      lines('service: payments', 'match: [{path: {exact: "/v1/{id}"}}]'),
      [
        'p.yaml:6:26 PM2111 spec.match[0].path.exact: expected a path from its first slash, without query, "//" and "..", such as /v1/payments; got "/v1/{id}" (write {name} in a template: path: {template: ...})',
      ],
    ],
    [
      'half a segment as parameter',
      lines('service: payments', 'match: [{path: {template: "/v1/x{id}"}}]'),
      [
        'p.yaml:6:29 PM2111 spec.match[0].path.template: expected a path of which whole segments may be {name}, such as /v1/payments/{id}; got "/v1/x{id}"',
      ],
    ],
    [
      'two kinds of path',
      lines('service: payments', 'match: [{path: {exact: /a, prefix: /b}}]'),
      [
        'p.yaml:6:30 PM1204 spec.match[0].path: expected a map with exactly one of the keys exact, prefix, template; got both exact and prefix',
      ],
    ],
    [
      'no kind of path',
      lines('service: payments', 'match: [{path: {}}]'),
      [
        'p.yaml:6:18 PM1204 spec.match[0].path: expected a map with exactly one of the keys exact, prefix, template; got none of them',
      ],
    ],
    [
      'a misspelt kind of path',
      lines('service: payments', 'match: [{path: {exat: /a}}]'),
      [
        'p.yaml:6:19 PM1202 spec.match[0].path.exat: expected one of the keys exact; got "exat" (did you mean "exact"?)',
      ],
    ],
    [
      'a name of two slashes',
      lines('service: a/b/c', 'match: [{path: {exact: /a}}]'),
      [
        'p.yaml:5:12 PM2109 spec.service: expected the name of a Service: NAME or NAMESPACE/NAME; got "a/b/c"',
      ],
    ],
    [
      'an idempotency key from nowhere',
      lines('service: a', 'match: [{path: {exact: /a}}]', 'idempotency: {key: Idempotency-Key}'),
      ['p.yaml:7:22 PM2110 spec.idempotency.key: expected header(NAME); got "Idempotency-Key"'],
    ],
    [
      'an idempotency key that many requests share',
      lines('service: a', 'match: [{path: {exact: /a}}]', 'idempotency: {key: principal}'),
      ['p.yaml:7:22 PM2110 spec.idempotency.key: expected header(NAME); got "principal"'],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('Route', spec)).toEqual(expected);
  });

  test('warns that nobody acts on sensitive places', () => {
    const spec = '{service: a, match: [{path: {exact: /a}}], sensitive: [body.card.pan]}';
    const files = [{ path: 'r.yaml', text: shortDocument('Route', 'pay/r', spec) }];
    const { documents, findings } = parsePolicyFiles(files);
    expect(findings).toMatchObject([{ code: 'PM1210', severity: 'warning', path: 'spec.sensitive' }]);
    expect(documents).toHaveLength(1);
  });
});
