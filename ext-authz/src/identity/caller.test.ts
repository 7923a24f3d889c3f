import { describe, expect, test } from '@jest/globals';

import { CALLER } from '../testing/access.ts';
import { createCallerReader } from './caller.ts';
import { subjectNames } from './subject-names.ts';

describe('createCallerReader', () => {
  const read = createCallerReader();

  test('gives every URI and DNS name and the thumbprint', () => {
    const principal = 'spiffe://mesh/ns/pay/sa/checkout';
    expect(read({ address: '', principal, certificate: CALLER.urlEncoded })).toEqual({
      principal,
      names: [principal, 'checkout.pay'],
      thumbprint: CALLER.thumbprint,
    });
  });

  test.each(['', '%zz', 'x', '%2D'.repeat(40_000)])(
    'a certificate %#, of which nothing is known, has no names',
    (text) => {
      expect(read({ address: '', principal: '', certificate: text })).toEqual({
        principal: '',
        names: [],
        thumbprint: undefined,
      });
    },
  );
});

describe('subjectNames', () => {
  test.each([
    ['DNS:a.pay, URI:spiffe://m/a', ['a.pay', 'spiffe://m/a']],
    ['DNS:"a.pay, URI:spiffe://m/admin"', ['a.pay, URI:spiffe://m/admin']],
    ['URI:"spiffe://m/\\"a\\""', ['spiffe://m/"a"']],
    ['IP Address:10.0.0.1, othername:<unsupported>', []],
    ['DNS:"broken', []],
  ])('%s', (text, names) => {
    expect(subjectNames(text)).toEqual(names);
  });
});
