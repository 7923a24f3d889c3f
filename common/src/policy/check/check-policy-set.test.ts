import { describe, expect, test } from '@jest/globals';

import { parsePolicyFiles } from '../parse-policy-files.ts';
import { findingsWith, goodMesh, lines, shortDocument } from '../testing/parse-spec.ts';
import { checkPolicySet } from './check-policy-set.ts';

const onCharge = 'targetRefs: [{kind: Route, name: charge}]';
const timeout = (id: string, spec: string): string => shortDocument('TimeoutPolicy', id, `{${spec}}`);

describe('checkPolicySet', () => {
  test('has nothing to say of a good mesh', () => {
    expect(findingsWith({})).toEqual([]);
  });

  test('takes documents alone', () => {
    const files = Object.entries(goodMesh).map(([path, text]) => ({ path, text }));
    expect(checkPolicySet(parsePolicyFiles(files))).toEqual([]);
  });
});

describe('targets', () => {
  test.each([
    [
      'a route that is misspelt',
      '{kind: Route, name: chagre}',
      'Route; looked for it in namespace pay; got "chagre", which is not there (did you mean "charge"?)',
    ],
    [
      'a route of another namespace',
      '{kind: Route, name: charge, namespace: psp}',
      'Route; looked for it in namespace psp; got "charge", which is not there (namespace pay has one of that name)',
    ],
    [
      'a service that is not there',
      '{kind: Service, name: ledger}',
      'Service; looked for it in namespace pay; got "ledger", which is not there',
    ],
  ])('refuses %s', (_name, target, expected) => {
    const [found] = findingsWith({ p: timeout('pay/p', `targetRefs: [${target}], request: 1s`) });
    expect(found).toContain(`spec.targetRefs[0].name: expected the name of a ${expected}`);
  });

  test('are looked for from a document with errors too', () => {
    const added = { p: timeout('pay/p', 'targetRefs: [{kind: Route, name: chagre}], request: 2sec') };
    expect(findingsWith(added)).toEqual([
      expect.stringContaining('p.yaml:4:41 PM3001 spec.targetRefs[0].name'),
      expect.stringContaining('p.yaml:4:60 PM2103 spec.request'),
    ]);
  });

  test('says nothing of a route that is there with errors of its own', () => {
    const added = {
      r: shortDocument('Route', 'pay/r', '{service: payments, match: []}'),
      p: timeout('pay/p', 'targetRefs: [{kind: Route, name: r}], request: 1s'),
    };
    expect(findingsWith(added)).toEqual([expect.stringContaining('r.yaml:4:34 PM1205 spec.match')]);
  });

  test('says nothing of a route whose document is not YAML', () => {
    const added = {
      r: 'kind: Route\nmetadata: {name: r, namespace: pay}\nspec: {service: [}\n',
      p: timeout('pay/p', 'targetRefs: [{kind: Route, name: r}], request: 1s'),
    };
    expect(findingsWith(added)).toEqual([expect.stringContaining('r.yaml:3:18 PM1001')]);
  });

  test('says nothing of a route whose kind is misspelt', () => {
    const added = {
      r: shortDocument('Route', 'pay/r', '{}').replace('kind: Route', 'kind: Ruote'),
      p: timeout('pay/p', 'targetRefs: [{kind: Route, name: r}], request: 1s'),
    };
    expect(findingsWith(added)).toEqual([expect.stringContaining('PM1103 kind')]);
  });
});

describe('documents of one name', () => {
  test('both places are told, and the second is not checked further', () => {
    const again = `\n---\n${goodMesh['charge'] ?? ''}`;
    expect(findingsWith({ charge: (goodMesh['charge'] ?? '') + again })).toEqual([
      'charge.yaml:8:18 PM3002 metadata.name: expected a name that no other Route of the namespace has; got "charge", which also stands at charge.yaml:1:1',
    ]);
  });

  test('a name may be used in two namespaces and by two kinds', () => {
    const added = {
      s: shortDocument('KeySet', 'psp/merchants', '{keys: [{id: a, owner: m, secret: {env: A}}]}'),
      k: shortDocument('KeySet', 'pay/payments', '{keys: [{id: a, owner: m, secret: {env: A}}]}'),
    };
    expect(findingsWith(added)).toEqual([]);
  });
});

describe('policies on the same level', () => {
  test('that contradict each other are told with both places', () => {
    const added = {
      p: timeout('pay/p', `${onCharge}, request: 1s`),
      q: timeout('pay/q', `${onCharge}, connect: 5ms, request: 2s`),
    };
    expect(findingsWith(added)).toEqual([
      'q.yaml:4:74 PM3007 spec.request: expected the value of TimeoutPolicy pay/p at p.yaml:4:60, which has the same target and priority; got another value (take one of the two out, or give the one that shall win a higher priority)',
    ]);
  });

  test.each([
    ['different fields', `${onCharge}, connect: 1s`],
    ['equal values', `${onCharge}, request: 1000ms`],
    ['a higher priority', `${onCharge}, priority: 1, request: 2s`],
    ['another target', 'targetRefs: [{kind: Route, name: query}], request: 2s'],
    ['another level', 'targetRefs: [{kind: Service, name: payments}], request: 2s'],
    ['the policy switched off', `${onCharge}, mode: Off, request: 2s`],
    ['the policy as a shadow', `${onCharge}, mode: Shadow, request: 2s`],
  ])('may have %s', (_name, spec) => {
    const added = { p: timeout('pay/p', `${onCharge}, request: 1s`), q: timeout('pay/q', spec) };
    expect(findingsWith(added)).toEqual([]);
  });

  test('with several common targets are told of once', () => {
    const both = 'targetRefs: [{kind: Route, name: charge}, {kind: Route, name: query}]';
    const added = {
      p: timeout('pay/p', `${both}, request: 1s`),
      q: timeout('pay/q', `${both}, request: 2s`),
    };
    expect(findingsWith(added)).toHaveLength(1);
  });

  test.each([
    [
      'RetryPolicy',
      'attempts: 1, backoff: {base: 1ms}',
      'attempts: 1, backoff: {base: 2ms}',
      'spec.backoff.base',
    ],
    ['RetryPolicy', 'retryOn: [connect-failure]', 'retryOn: [refused-stream]', 'spec.retryOn'],
    [
      'RateLimitPolicy',
      'limits: [{name: a, rate: 1/s}], onStoreDown: {fallback: Open}',
      'limits: [{name: b, rate: 1/s}, {name: a, rate: 2/s}], onStoreDown: {fallback: Open}',
      'spec.limits[1].rate',
    ],
    [
      'FailoverPolicy',
      'order: [{service: payments}, {service: psp/wechat}], onlyIf: request-not-sent',
      'order: [{service: payments}, {service: psp/other}], onlyIf: request-not-sent',
      'spec.order',
    ],
  ] as const)('are compared field by field: %s', (kind, one, two, path) => {
    const added = {
      other: lines(goodMesh['other'] ?? '', '---', shortDocument('Service', 'psp/other', '{}')),
      otherInstance: lines(
        goodMesh['otherInstance'] ?? '',
        '---',
        shortDocument(
          'Workload',
          'psp/o',
          '{service: other, port: 60, proxy: {inbound: 61, outbound: 62, admin: 63}}',
        ),
      ),
      p: shortDocument(kind, 'pay/p', `{${onCharge}, ${one}}`),
      q: shortDocument(kind, 'pay/q', `{${onCharge}, ${two}}`),
    };
    expect(findingsWith(added)).toEqual([expect.stringContaining(`PM3007 ${path}: `)]);
  });

  test.each([
    ['CircuitBreakerPolicy', 'limits: {connections: @}'],
    ['CircuitBreakerPolicy', 'limits: {pending: @}'],
    ['CircuitBreakerPolicy', 'limits: {requests: @}'],
    ['CircuitBreakerPolicy', 'limits: {retries: @}'],
    ['CircuitBreakerPolicy', 'eject: {consecutive5xx: @}'],
    ['CircuitBreakerPolicy', 'eject: {failurePercent: {over: @}}'],
    ['CircuitBreakerPolicy', 'eject: {failurePercent: {over: 1, minRequests: @}}'],
    ['CircuitBreakerPolicy', 'eject: {interval: @s}'],
    ['CircuitBreakerPolicy', 'eject: {for: @s}'],
    ['CircuitBreakerPolicy', 'eject: {maxPercent: @}'],
    ['RetryPolicy', 'attempts: @'],
    ['RetryPolicy', 'perTry: @ms'],
    ['RetryPolicy', 'backoff: {base: @ms}'],
    ['RetryPolicy', 'backoff: {base: 1ms, max: @ms}'],
    ['RetryPolicy', 'budget: {percent: @}'],
    ['RetryPolicy', 'budget: {minConcurrency: @}'],
    ['TimeoutPolicy', 'request: @s'],
    ['TimeoutPolicy', 'connect: @s'],
    ['TimeoutPolicy', 'idle: @s'],
  ] as const)('contradict each other in any field: %s %s', (kind, field) => {
    const policy = (id: string, value: string) =>
      shortDocument(
        kind,
        `pay/${id}`,
        `{targetRefs: [{kind: Service, name: payments}], ${field.replace('@', value)}}`,
      );
    const findings = findingsWith({ p: policy('p', '2'), q: policy('q', '3') });
    expect(findings).toEqual([expect.stringContaining('PM3007')]);
  });

  test('may type the same conditions in another order', () => {
    const added = {
      p: shortDocument('RetryPolicy', 'pay/p', `{${onCharge}, retryOn: [connect-failure, refused-stream]}`),
      q: shortDocument('RetryPolicy', 'pay/q', `{${onCharge}, retryOn: [refused-stream, connect-failure]}`),
    };
    expect(findingsWith(added)).toEqual([]);
  });
});
