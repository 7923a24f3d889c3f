import { describe, expect, test } from '@jest/globals';

import { parsePolicyFiles } from '../../parse-policy-files.ts';
import { lines, parseSpec, shortDocument } from '../../testing/parse-spec.ts';

describe('TimeoutPolicy', () => {
  test.each([
    [
      'one field',
      lines('targetRefs: [{kind: Route, name: r}]', 'request: 3s'),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        requestMs: 3000,
      },
    ],
    [
      'everything',
      lines('targetRefs: [{kind: Route, name: r}]', 'request: 1h', 'connect: 500ms', 'idle: 1d'),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        requestMs: 3600000,
        connectMs: 500,
        idleMs: 86400000,
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('TimeoutPolicy', spec)).toEqual(expected);
  });

  test.each([
    [
      'no field',
      lines('targetRefs: [{kind: Route, name: r}]'),
      ['p.yaml:5:3 PM1204 spec: expected at least one of the keys request, connect, idle; got none of them'],
    ],
    [
      'a timeout of nothing',
      lines('targetRefs: [{kind: Route, name: r}]', 'request: 0s'),
      [
        'p.yaml:6:12 PM2103 spec.request: expected a duration from 1ms to 1h, such as 250ms, 5s or 2m; got "0s"',
      ],
    ],
    [
      'a timeout over the bound',
      lines('targetRefs: [{kind: Route, name: r}]', 'connect: 2m'),
      [
        'p.yaml:6:12 PM2103 spec.connect: expected a duration from 1ms to 1m, such as 250ms, 5s or 2m; got "2m"',
      ],
    ],
    [
      'a fraction',
      lines('targetRefs: [{kind: Route, name: r}]', 'request: 1.5s'),
      [
        'p.yaml:6:12 PM2103 spec.request: expected a duration from 1ms to 1h, such as 250ms, 5s or 2m; got "1.5s"',
      ],
    ],
    [
      'nothing typed',
      lines('targetRefs: [{kind: Route, name: r}]', 'request:'),
      [
        'p.yaml:6:11 PM1201 spec.request: expected a duration from 1ms to 1h, such as 250ms, 5s or 2m; got nothing',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('TimeoutPolicy', spec)).toEqual(expected);
  });

  test('warns of a field that it does not act on yet, and keeps the rest', () => {
    const text = shortDocument(
      'TimeoutPolicy',
      'pay/t',
      '{targetRefs: [{kind: Route, name: r}], request: 3s, propagateDeadline: true}',
    );
    const { documents, findings } = parsePolicyFiles([{ path: 't.yaml', text }]);
    expect(findings).toMatchObject([{ code: 'PM1210', severity: 'warning', path: 'spec.propagateDeadline' }]);
    expect(documents).toMatchObject([{ spec: { requestMs: 3000 } }]);
  });
});
