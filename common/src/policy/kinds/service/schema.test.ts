import { describe, expect, test } from '@jest/globals';

import { parsePolicyFiles } from '../../parse-policy-files.ts';
import { lines, parseSpec, shortDocument } from '../../testing/parse-spec.ts';

describe('Service', () => {
  test.each([
    ['the defaults', '{}', { protocol: 'http', owners: [] }],
    [
      'everything',
      lines(
        'protocol: http2',
        'owners: [team-pay]',
        'healthCheck: {path: /up, interval: 2s, timeout: 1s, unhealthyThreshold: 3, healthyThreshold: 2}',
      ),
      {
        protocol: 'http2',
        owners: ['team-pay'],
        healthCheck: {
          path: '/up',
          intervalMs: 2000,
          timeoutMs: 1000,
          unhealthyThreshold: 3,
          healthyThreshold: 2,
        },
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('Service', spec)).toEqual(expected);
  });

  test.each([
    [
      'a protocol that does not exist',
      'protocol: htp',
      ['p.yaml:5:13 PM2104 spec.protocol: expected one of http, http2; got "htp" (did you mean "http"?)'],
    ],
    [
      'a health check that outlasts its interval',
      'healthCheck: {interval: 1s, timeout: 2s}',
      [
        'p.yaml:5:40 PM2203 spec.healthCheck.timeout: expected a timeout no longer than the interval of 1000ms; got 2000ms',
      ],
    ],
    [
      'a health check of a relative path',
      'healthCheck: {path: healthz}',
      ['p.yaml:5:23 PM2111 spec.healthCheck.path: expected a path such as /healthz; got "healthz"'],
    ],
    [
      'an owner twice',
      'owners: [a, b, a]',
      ['p.yaml:5:18 PM2204 spec.owners[2]: expected each item once; spec.owners[0] is the same; got "a"'],
    ],
    [
      'a list instead of the map',
      '- http',
      ['p.yaml:5:3 PM1201 spec: expected a map with the keys protocol, owners, healthCheck; got a list'],
    ],
    [
      'an unknown key',
      'helthCheck: {}',
      [
        'p.yaml:5:3 PM1202 spec.helthCheck: expected one of the keys protocol, owners, healthCheck; got "helthCheck" (did you mean "healthCheck"?)',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('Service', spec)).toEqual(expected);
  });

  test('warns of fields that nothing acts on', () => {
    const spec = '{port: 8080, slo: {availability: 99.95}}';
    const files = [{ path: 's.yaml', text: shortDocument('Service', 'pay/s', spec) }];
    const { documents, findings } = parsePolicyFiles(files);
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'PM1210 spec.port',
      'PM1210 spec.slo',
    ]);
    expect(documents).toHaveLength(1);
  });
});
