import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

describe('a set with a RetryPolicy', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      'a 5xx on a write',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], attempts: 1, retryOn: [connect-failure, 5xx]}',
        ),
      },
      [
        'p.yaml:4:91 PM4001 spec.retryOn[1]: expected only connect-failure, refused-stream, reset-before-request for writes: there nothing was sent; got "5xx" for route pay/charge (POST, charge.yaml:1:1), without a required idempotency key (take "5xx" out, or declare the idempotency key that the service enforces on the route)',
      ],
    ],
    [
      'each unsafe condition, on a service whose routes include a write',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Service, name: payments}], retryOn: [reset, gateway-error]}',
        ),
      },
      [
        'p.yaml:4:65 PM4001 spec.retryOn[0]: expected only connect-failure, refused-stream, reset-before-request for writes: there nothing was sent; got "reset" for route pay/charge (POST, charge.yaml:1:1), without a required idempotency key (take "reset" out, or declare the idempotency key that the service enforces on the route)',
        'p.yaml:4:72 PM4001 spec.retryOn[1]: expected only connect-failure, refused-stream, reset-before-request for writes: there nothing was sent; got "gateway-error" for route pay/charge (POST, charge.yaml:1:1), without a required idempotency key (take "gateway-error" out, or declare the idempotency key that the service enforces on the route)',
      ],
    ],
    [
      'one condition for all routes that it harms',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Service, name: payments}], retryOn: [reset]}',
        ),
        r: shortDocument('Route', 'pay/r', '{service: payments, match: [{path: {exact: /any}}]}'),
      },
      [
        'p.yaml:4:65 PM4001 spec.retryOn[0]: expected only connect-failure, refused-stream, reset-before-request for writes: there nothing was sent; got "reset" for route pay/charge (POST, charge.yaml:1:1) and 1 more, without a required idempotency key (take "reset" out, or declare the idempotency key that the service enforces on the route)',
      ],
    ],
    [
      'nothing on reads',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: query}], retryOn: [reset, gateway-error, 5xx]}',
        ),
      },
      [],
    ],
    [
      'nothing on a write that declares idempotency',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], retryOn: [5xx]}',
        ),
        charge: shortDocument(
          'Route',
          'pay/charge',
          '{service: payments, parent: edge, match: [{method: POST, path: {exact: /v1/payments}}], idempotency: {key: header(Idempotency-Key)}}',
        ),
      },
      [],
    ],
    [
      'a 5xx on a write whose key may be left out',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], retryOn: [5xx]}',
        ),
        charge: shortDocument(
          'Route',
          'pay/charge',
          '{service: payments, parent: edge, match: [{method: POST, path: {exact: /v1/payments}}], idempotency: {key: header(Idempotency-Key), required: false}}',
        ),
      },
      [
        'p.yaml:4:61 PM4001 spec.retryOn[0]: expected only connect-failure, refused-stream, reset-before-request for writes: there nothing was sent; got "5xx" for route pay/charge (POST, charge.yaml:1:1), without a required idempotency key (take "5xx" out, or declare the idempotency key that the service enforces on the route)',
      ],
    ],
    [
      'nothing when the route itself says better than its service',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Service, name: payments}], retryOn: [5xx]}',
        ),
        q: shortDocument(
          'RetryPolicy',
          'pay/q',
          '{targetRefs: [{kind: Route, name: charge}], retryOn: [connect-failure]}',
        ),
      },
      [],
    ],
    [
      'nothing when the route is never tried again',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Service, name: payments}], retryOn: [5xx]}',
        ),
        q: shortDocument('RetryPolicy', 'pay/q', '{targetRefs: [{kind: Route, name: charge}], attempts: 0}'),
      },
      [],
    ],
    [
      'the defaults of the mesh, too',
      {
        defaults: shortDocument(
          'MeshDefaults',
          'default/default',
          '{defaults: {retry: {retryOn: [connect-failure, reset]}}, controlPlane: {listen: "127.0.0.1:1", admin: "127.0.0.1:2"}, extAuthz: {endpoints: ["127.0.0.1:3"], admin: "127.0.0.1:4"}, rateLimiter: {endpoints: ["127.0.0.1:5"], admin: "127.0.0.1:6"}}',
        ),
      },
      [
        'defaults.yaml:4:54 PM4001 spec.defaults.retry.retryOn[1]: expected only connect-failure, refused-stream, reset-before-request for writes: there nothing was sent; got "reset" for route pay/charge (POST, charge.yaml:1:1), without a required idempotency key (take "reset" out, or declare the idempotency key that the service enforces on the route)',
      ],
    ],
    [
      'tries that outlast the request',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], attempts: 2, perTry: 1s, backoff: {base: 25ms, max: 60ms}}',
        ),
        t: shortDocument(
          'TimeoutPolicy',
          'pay/t',
          '{targetRefs: [{kind: Service, name: payments}], request: 3s}',
        ),
      },
      [
        'p.yaml:4:72 PM4002 spec.perTry: expected all tries to end within the request timeout of 3000ms (t.yaml:4:64); got 3 tries of 1000ms and up to 85ms between them: 3085ms, for route pay/charge (POST, charge.yaml:1:1)',
      ],
    ],
    [
      'nothing for tries that just fit',
      {
        p: shortDocument(
          'RetryPolicy',
          'pay/p',
          '{targetRefs: [{kind: Route, name: charge}], attempts: 2, perTry: 950ms, backoff: {base: 25ms}}',
        ),
        t: shortDocument(
          'TimeoutPolicy',
          'pay/t',
          '{targetRefs: [{kind: Service, name: payments}], request: 2950ms}',
        ),
      },
      [],
    ],
    [
      'more tries than the mesh allows',
      {
        p: shortDocument('RetryPolicy', 'pay/p', '{targetRefs: [{kind: Route, name: charge}], attempts: 4}'),
      },
      [
        'p.yaml:4:61 PM4003 spec.attempts: expected at most 3 further tries, as MeshDefaults.overrides say at defaults.yaml:4:7; got 4',
      ],
    ],
  ])('tells of %s', (_name, added, expected) => {
    expect(findingsWith(added)).toEqual(expected);
  });

  test('tells of a 5xx on a write also where the mesh has no defaults', () => {
    const noMesh = { defaults: '', edge: '', instance: '', otherInstance: '', keys: '' };
    const charge = '{service: payments, match: [{method: POST, path: {exact: /v1/payments}}]}';
    const retry = '{targetRefs: [{kind: Route, name: charge}], retryOn: [5xx], perTry: 9s}';
    const added = {
      charge: shortDocument('Route', 'pay/charge', charge),
      p: shortDocument('RetryPolicy', 'pay/p', retry),
    };
    expect(findingsWith({ ...noMesh, ...added })).toEqual([
      expect.stringContaining('PM4001 spec.retryOn[0]: '),
    ]);
  });

  test('does not tell of it where the policy is a shadow', () => {
    const retry = '{targetRefs: [{kind: Route, name: charge}], mode: Shadow, retryOn: [5xx]}';
    expect(findingsWith({ p: shortDocument('RetryPolicy', 'pay/p', retry) })).toEqual([]);
  });
});
