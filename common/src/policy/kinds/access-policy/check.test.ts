import { describe, expect, test } from '@jest/globals';

import { findingsWith, shortDocument } from '../../testing/parse-spec.ts';

const access = (rest: string) =>
  findingsWith({
    access: shortDocument(
      'AccessPolicy',
      'pay/access',
      `{targetRefs: [{kind: Route, name: charge}], ${rest}}`,
    ),
  });
const JWT = 'jwt: {issuer: i, audiences: [a], algorithms: [ES256], keys: {file: f}';

describe('an AccessPolicy', () => {
  test('that can hold has no findings', () => {
    expect(access(`identity: {${JWT}}}, rules: [{name: a, action: Allow, claims: {role: [x]}}]`)).toEqual([]);
  });

  test.each([
    ['PM4020', 'without an Allow rule', 'rules: [{name: a, action: Deny, methods: [POST]}]'],
    ['PM4021', 'with claims and no token', 'rules: [{name: a, action: Allow, claims: {role: [x]}}]'],
    ['PM4021', 'with principals on an unsigned route', 'rules: [{name: a, action: Allow, principals: [x]}]'],
    [
      'PM4021',
      'bound to a certificate that is optional',
      `identity: {${JWT}, cnf: Required}}, rules: [{name: a, action: Allow}]`,
    ],
    ['PM4023', 'with peers', 'rules: [{name: a, action: Allow, peers: [{exact: a.pay}]}]'],
    ['PM4023', 'with mtls', 'identity: {mtls: Required}, rules: [{name: a, action: Allow}]'],
  ])('has %s %s', (code, _name, rest) => {
    expect(access(rest)).toEqual([expect.stringMatching(new RegExp(`^access.yaml:4:\\d+ ${code} `))]);
  });

  test('that is off may be anything', () => {
    expect(access('mode: Off, rules: [{name: a, action: Deny}]')).toEqual([]);
  });

  test('guards a route of a gateway as a signature does, and in shadow does not', () => {
    const alone = (mode: string) =>
      findingsWith({
        unsigned: '',
        access: shortDocument(
          'AccessPolicy',
          'pay/access',
          `{targetRefs: [{kind: Route, name: charge}], mode: ${mode}, rules: [{name: a, action: Allow}]}`,
        ),
      }).filter((finding) => finding.includes('PM4010'));
    expect(alone('Enforce')).toEqual([]);
    expect(alone('Shadow')).toHaveLength(1);
  });
});
