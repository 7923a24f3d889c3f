import { describe, expect, test } from '@jest/globals';

import { parsePolicyFiles } from '../../parse-policy-files.ts';
import { lines, parseSpec, shortDocument } from '../../testing/parse-spec.ts';

describe('FailoverPolicy', () => {
  test.each([
    [
      'an order',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'order: [{service: a}, {service: psp/b}]',
        'onlyIf: request-not-sent',
      ),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        order: [
          { namespace: 'pay', name: 'a' },
          { namespace: 'psp', name: 'b' },
        ],
        onlyIf: 'request-not-sent',
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('FailoverPolicy', spec)).toEqual(expected);
  });

  test.each([
    [
      'no onlyIf: it could charge twice',
      lines('targetRefs: [{kind: Route, name: r}]', 'order: [{service: a}, {service: b}]'),
      [
        'p.yaml:5:3 PM4004 spec: expected the key "onlyIf": request-not-sent, or a payment could be charged by two providers; got no such key',
      ],
    ],
    [
      'another onlyIf',
      lines('targetRefs: [{kind: Route, name: r}]', 'order: [{service: a}, {service: b}]', 'onlyIf: always'),
      ['p.yaml:7:11 PM4004 spec.onlyIf: expected "request-not-sent"; got "always"'],
    ],
    [
      'a misspelt onlyIf and nothing else',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'order: [{service: a}, {service: b}]',
        'onlyif: request-not-sent',
      ),
      [
        'p.yaml:7:3 PM1202 spec.onlyif: expected one of the keys targetRefs, mode, priority, order, onlyIf; got "onlyif" (did you mean "onlyIf"?)',
      ],
    ],
    [
      'one service',
      lines('targetRefs: [{kind: Route, name: r}]', 'order: [{service: a}]', 'onlyIf: request-not-sent'),
      ['p.yaml:6:10 PM1205 spec.order: expected a list of 2 to 8 services; got 1 item'],
    ],
    [
      'a service twice',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'order: [{service: a}, {service: b}, {service: pay/a}]',
        'onlyIf: request-not-sent',
      ),
      ['p.yaml:6:39 PM4005 spec.order[2]: expected each item once; spec.order[0] is the same; got "pay/a"'],
    ],
    [
      'a service as target',
      lines(
        'targetRefs: [{kind: Service, name: s}]',
        'order: [{service: a}, {service: b}]',
        'onlyIf: request-not-sent',
      ),
      ['p.yaml:5:23 PM2104 spec.targetRefs[0].kind: expected "Route"; got "Service"'],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('FailoverPolicy', spec)).toEqual(expected);
  });

  test('warns of localities, and tries the nearest first anyway', () => {
    const order =
      '[{service: a, locality: same-zone}, {service: a, locality: same-region}, {service: b, locality: any}]';
    const spec = `{targetRefs: [{kind: Route, name: r}], order: ${order}, onlyIf: request-not-sent}`;
    const files = [{ path: 'f.yaml', text: shortDocument('FailoverPolicy', 'pay/f', spec) }];
    const { documents, findings } = parsePolicyFiles(files);
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'PM1210 spec.order[0].locality',
      'PM1210 spec.order[1].locality',
    ]);
    const [a, b] = ['a', 'b'].map((name) => ({ namespace: 'pay', name }));
    expect(documents).toMatchObject([{ spec: { order: [a, a, b] } }]);
  });
});
