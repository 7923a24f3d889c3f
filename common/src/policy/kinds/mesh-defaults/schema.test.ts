import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

describe('MeshDefaults', () => {
  test.each([
    [
      'the defaults',
      lines(
        'controlPlane: {listen: 127.0.0.1:18000, admin: 127.0.0.1:18001}',
        'extAuthz: {endpoints: [127.0.0.1:18010], admin: 127.0.0.1:18011}',
        'rateLimiter: {endpoints: ["[::1]:18020"], admin: 127.0.0.1:18021}',
      ),
      {
        defaults: {
          timeout: { requestMs: 5000, connectMs: 500, idleMs: 30000 },
          retry: {
            attempts: 1,
            retryOn: ['connect-failure', 'refused-stream', 'reset-before-request'],
            backoff: { baseMs: 10, maxMs: 100 },
            budget: { percent: 20, minConcurrency: 3 },
          },
        },
        overrides: { retry: { attemptsMax: 3 }, signing: 'Optional' },
        controlPlane: { listen: '127.0.0.1:18000', admin: '127.0.0.1:18001' },
        extAuthz: { endpoints: ['127.0.0.1:18010'], admin: '127.0.0.1:18011', timeoutMs: 300 },
        rateLimiter: { endpoints: ['[::1]:18020'], admin: '127.0.0.1:18021', timeoutMs: 50 },
      },
    ],
    [
      'everything',
      lines(
        'defaults:',
        '  timeout: {request: 1s, connect: 2ms, idle: 3s}',
        '  retry: {attempts: 0, retryOn: [reset], backoff: {base: 1ms, max: 2ms}, budget: {percent: 1, minConcurrency: 0}}',
        'overrides: {retry: {attemptsMax: 5}, signing: Required}',
        'controlPlane: {listen: 127.0.0.1:18000, admin: 127.0.0.1:18001}',
        'extAuthz: {endpoints: [a:1, b:1], admin: 127.0.0.1:18011, timeout: 1s}',
        'rateLimiter: {endpoints: [127.0.0.1:18020], quotaEndpoints: [a:2], admin: 127.0.0.1:18021, timeout: 10ms}',
      ),
      {
        defaults: {
          timeout: { requestMs: 1000, connectMs: 2, idleMs: 3000 },
          retry: {
            attempts: 0,
            retryOn: ['reset'],
            backoff: { baseMs: 1, maxMs: 2 },
            budget: { percent: 1, minConcurrency: 0 },
          },
        },
        overrides: { retry: { attemptsMax: 5 }, signing: 'Required' },
        controlPlane: { listen: '127.0.0.1:18000', admin: '127.0.0.1:18001' },
        extAuthz: { endpoints: ['a:1', 'b:1'], admin: '127.0.0.1:18011', timeoutMs: 1000 },
        rateLimiter: {
          endpoints: ['127.0.0.1:18020'],
          quotaEndpoints: ['a:2'],
          admin: '127.0.0.1:18021',
          timeoutMs: 10,
        },
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('MeshDefaults', spec)).toEqual(expected);
  });

  test.each([
    [
      'what promises protection that is not there yet',
      lines('defaults: {mtls: Strict}', 'overrides: {access: {default: Deny}}'),
      [
        'p.yaml:5:14 PM1211 spec.defaults.mtls: expected a field that this Paymesh acts on; got "mtls", which it does not act on yet (mutual TLS between proxies is not there yet: leave it out, and keep the mesh on a private network)',
        'p.yaml:6:15 PM1211 spec.overrides.access: expected a field that this Paymesh acts on; got "access", which it does not act on yet (a default for all routes is not there yet: put an AccessPolicy on each Service)',
      ],
    ],
    [
      'an endpoint without a port',
      lines(
        'controlPlane: {listen: 127.0.0.1, admin: 127.0.0.1:18001}',
        'extAuthz: {endpoints: [127.0.0.1:18010], admin: 127.0.0.1:18011}',
        'rateLimiter: {endpoints: [127.0.0.1:0], admin: 127.0.0.1:18021}',
      ),
      [
        'p.yaml:5:26 PM2108 spec.controlPlane.listen: expected HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:18000; got "127.0.0.1"',
        'p.yaml:7:29 PM2108 spec.rateLimiter.endpoints[0]: expected HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:18000; got "127.0.0.1:0"',
      ],
    ],
    [
      'an endpoint that is neither an address nor a name',
      lines(
        'controlPlane: {listen: 127.0.0.1:18000, admin: 127.0.0.1:18001}',
        'extAuthz: {endpoints: [999.1.1.1:1], admin: 127.0.0.1:18011}',
        'rateLimiter: {endpoints: [127.0.0.1:2], admin: 127.0.0.1:18021}',
      ),
      [
        'p.yaml:6:26 PM2108 spec.extAuthz.endpoints[0]: expected HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:18000; got "999.1.1.1:1"',
      ],
    ],
    [
      'an endpoint twice',
      lines(
        'controlPlane: {listen: 127.0.0.1:1, admin: 127.0.0.1:18001}',
        'extAuthz: {endpoints: [a:1, a:1], admin: 127.0.0.1:18011}',
        'rateLimiter: {endpoints: [127.0.0.1:2], admin: 127.0.0.1:18021}',
      ),
      [
        'p.yaml:6:31 PM2204 spec.extAuthz.endpoints[1]: expected each item once; spec.extAuthz.endpoints[0] is the same; got "a:1"',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('MeshDefaults', spec)).toEqual(expected);
  });
});
