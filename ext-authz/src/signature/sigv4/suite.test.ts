import { createSecretKey, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { type Received, received, verdictOf } from '../testing/received.ts';
import { canonicalTarget } from './canonical-target.ts';
import { sigv4Scheme } from './index.ts';

interface Suite {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly scope: string;
  readonly cases: readonly SuiteCase[];
}

interface SuiteCase {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly canonicalPath: string;
  readonly canonicalQuery: string;
  readonly requestHash: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly expected: string;
}

const suite = JSON.parse(readFileSync(new URL('testdata/suite.json', import.meta.url), 'utf8')) as Suite;
const PROFILE = { scheme: 'sigv4', region: 'us-east-1', service: 'service' } as const;
const KEY = { algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(suite.secret)) } as const;

function messageOf({ method, target, headers, body, ...one }: SuiteCase): Received {
  const parts = [
    `Credential=${suite.accessKeyId}/${suite.scope}`,
    `SignedHeaders=${one.signedHeaders}`,
    `Signature=${one.signature}`,
  ];
  const authorization = ['Authorization', `AWS4-HMAC-SHA256 ${parts.join(', ')}`] as const;
  const authority = headers.find(([name]) => name === 'Host')?.[1] ?? '';
  return { method, target, authority, headers: [...headers, authorization], body };
}

describe('the public suite', () => {
  test('is all there', () => expect(suite.cases).toHaveLength(31));

  test.each(suite.cases)('$name is $expected', (one) => {
    expect(verdictOf(sigv4Scheme, PROFILE, KEY, messageOf(one))).toBe(one.expected);
  });

  const proven = suite.cases.filter(({ expected }) => expected === 'proven');

  test.each(proven)('$name has the path, query and request of the suite', (one) => {
    expect(canonicalTarget(one.target, 'service')).toEqual({
      kind: 'target',
      target: { path: one.canonicalPath, query: one.canonicalQuery },
    });
    const answer = sigv4Scheme.present(received(messageOf(one)), PROFILE);
    const text = answer.kind === 'presented' ? Buffer.from(answer.presented.base()).toString() : '';
    expect(text).toBe(`AWS4-HMAC-SHA256\n20150830T123600Z\n${suite.scope}\n${one.requestHash}`);
  });

  test.each(proven)('$name is denied with another signature', (one) => {
    const digest = hash('sha256', one.signature, 'hex');
    expect(verdictOf(sigv4Scheme, PROFILE, KEY, messageOf({ ...one, signature: digest }))).toBe('unproven');
  });
});
