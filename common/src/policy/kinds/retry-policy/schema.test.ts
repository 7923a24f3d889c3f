import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

describe('RetryPolicy', () => {
  test.each([
    [
      'the defaults',
      lines('targetRefs: [{kind: Route, name: r}]', 'attempts: 1'),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        attempts: 1,
        retryOn: ['connect-failure', 'refused-stream', 'reset-before-request'],
        backoff: { baseMs: 10, maxMs: 100 },
      },
    ],
    [
      'everything',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'mode: Off',
        'priority: -1',
        'attempts: 2',
        'retryOn: [5xx, reset]',
        'perTry: 800ms',
        'backoff: {base: 25ms, max: 250ms}',
        'budget: {percent: 12.5, minConcurrency: 4}',
      ),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Off',
        priority: -1,
        attempts: 2,
        retryOn: ['5xx', 'reset'],
        perTryMs: 800,
        backoff: { baseMs: 25, maxMs: 250 },
        budget: { percent: 12.5, minConcurrency: 4 },
      },
    ],
    [
      'a first back-off beyond the default of the longest',
      lines('targetRefs: [{kind: Route, name: r}]', 'backoff: {base: 200ms}'),
      {
        targetRefs: [{ namespace: 'pay', kind: 'Route', name: 'r' }],
        mode: 'Enforce',
        priority: 0,
        attempts: 1,
        retryOn: ['connect-failure', 'refused-stream', 'reset-before-request'],
        backoff: { baseMs: 200, maxMs: 200 },
      },
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(parseSpec('RetryPolicy', spec)).toEqual(expected);
  });

  test.each([
    [
      'a misspelt condition',
      lines(
        'targetRefs: [{kind: Route, name: r}]',
        'retryOn:',
        '  - refused-stream',
        '  - conection-failure',
      ),
      [
        'p.yaml:8:7 PM2104 spec.retryOn[1]: expected one of connect-failure, refused-stream, reset-before-request, reset, gateway-error, 5xx; got "conection-failure" (did you mean "connect-failure"?)',
      ],
    ],
    [
      'a condition twice',
      lines('targetRefs: [{kind: Route, name: r}]', 'retryOn: [reset, reset]'),
      [
        'p.yaml:6:20 PM2204 spec.retryOn[1]: expected each item once; spec.retryOn[0] is the same; got "reset"',
      ],
    ],
    [
      'half a try',
      lines('targetRefs: [{kind: Route, name: r}]', 'attempts: 1.5'),
      ['p.yaml:6:13 PM2102 spec.attempts: expected a whole number from 0 to 10 further tries; got 1.5'],
    ],
    [
      'more tries than any policy may have',
      lines('targetRefs: [{kind: Route, name: r}]', 'attempts: 11'),
      ['p.yaml:6:13 PM2102 spec.attempts: expected a whole number from 0 to 10 further tries; got 11'],
    ],
    [
      'a number without a unit',
      lines('targetRefs: [{kind: Route, name: r}]', 'perTry: 800'),
      [
        'p.yaml:6:11 PM2103 spec.perTry: expected a duration from 1ms to 10m, such as 250ms, 5s or 2m; got 800 (give it a unit: 800ms or 800s)',
      ],
    ],
    [
      'a unit that does not exist',
      lines('targetRefs: [{kind: Route, name: r}]', 'perTry: 1w'),
      [
        'p.yaml:6:11 PM2103 spec.perTry: expected a duration from 1ms to 10m, such as 250ms, 5s or 2m; got "1w"',
      ],
    ],
    [
      'a longest back-off shorter than the first',
      lines('targetRefs: [{kind: Route, name: r}]', 'backoff: {base: 1s, max: 100ms}'),
      [
        'p.yaml:6:28 PM2202 spec.backoff.max: expected a duration no shorter than the base of 1000ms; got 100ms',
      ],
    ],
    [
      'a misspelt key and nothing else',
      lines('targetRefs: [{kind: Route, name: r}]', 'atempts: 2'),
      [
        'p.yaml:6:3 PM1202 spec.atempts: expected one of the keys targetRefs, mode, priority, attempts, retryOn, perTry, backoff, budget; got "atempts" (did you mean "attempts"?)',
      ],
    ],
    [
      'nothing to say',
      lines('targetRefs: [{kind: Route, name: r}]'),
      [
        'p.yaml:5:3 PM1204 spec: expected at least one of the keys attempts, retryOn, perTry, backoff, budget; got none of them',
      ],
    ],
    [
      'no target',
      'attempts: 1',
      ['p.yaml:5:3 PM1203 spec: expected the key "targetRefs": a list of 1 to 256 targets; got no such key'],
    ],
    [
      'an empty list of targets',
      lines('targetRefs: []', 'attempts: 1'),
      ['p.yaml:5:15 PM1205 spec.targetRefs: expected a list of 1 to 256 targets; got 0 items'],
    ],
    [
      'a target twice',
      lines('targetRefs: [{kind: Route, name: r}, {kind: Route, name: r, namespace: pay}]', 'attempts: 1'),
      [
        'p.yaml:5:40 PM2204 spec.targetRefs[1]: expected each item once; spec.targetRefs[0] is the same; got "Route pay/r"',
      ],
    ],
    [
      'a target of another kind',
      lines('targetRefs: [{kind: Gateway, name: r}]', 'attempts: 1'),
      ['p.yaml:5:23 PM2104 spec.targetRefs[0].kind: expected one of Route, Service; got "Gateway"'],
    ],
    [
      'a name that is no DNS label',
      lines('targetRefs: [{kind: Route, name: My_Route}]', 'attempts: 1'),
      [
        'p.yaml:5:36 PM2101 spec.targetRefs[0].name: expected a name of 1 to 63 lower-case letters, digits and "-"; got "My_Route"',
      ],
    ],
    [
      'a mode in lower case',
      lines('targetRefs: [{kind: Route, name: r}]', 'mode: enforce', 'attempts: 1'),
      [
        'p.yaml:6:9 PM2104 spec.mode: expected one of Enforce, Shadow, Off; got "enforce" (did you mean "Enforce"?)',
      ],
    ],
    [
      'several mistakes, all told',
      lines('targetRefs: [{kind: Rout, name: r}]', 'attempts: many', 'perTry: 1s', 'backof: {}'),
      [
        'p.yaml:5:23 PM2104 spec.targetRefs[0].kind: expected one of Route, Service; got "Rout" (did you mean "Route"?)',
        'p.yaml:6:13 PM1201 spec.attempts: expected a whole number from 0 to 10 further tries; got "many"',
        'p.yaml:8:3 PM1202 spec.backof: expected one of the keys targetRefs, mode, priority, attempts, retryOn, perTry, backoff, budget; got "backof" (did you mean "backoff"?)',
      ],
    ],
  ])('refuses %s', (_name, spec, expected) => {
    expect(parseSpec('RetryPolicy', spec)).toEqual(expected);
  });
});
