import { describe, expect, test } from '@jest/globals';

import { descriptorEntries, entriesOfPair, LIMIT_PAIR, limitPairValue } from './descriptor-entries.ts';
import { policyId } from './policy-id.ts';
import { parseSelector, printSelector } from './selector.ts';

describe('policyId', () => {
  test('is namespace/name', () => {
    expect(policyId({ metadata: { namespace: 'pay', name: 'charge' } })).toBe('pay/charge');
  });
});

describe('a pair of a bucket id', () => {
  test('of a limit stands for the first two entries of its descriptor', () => {
    expect(entriesOfPair(LIMIT_PAIR, limitPairValue('pay/charge', 'burst'))).toEqual(
      descriptorEntries('pay/charge', { name: 'burst', per: [] }),
    );
  });

  test.each([
    ['principal', 'a|b'],
    [LIMIT_PAIR, 'no-bar'],
  ])('%s: %s stands for itself', (key, value) => {
    expect(entriesOfPair(key, value)).toEqual([{ key, value }]);
  });
});

describe('parseSelector', () => {
  test.each([
    ['principal', { kind: 'principal' }],
    ['remoteAddress', { kind: 'remoteAddress' }],
    ['header(X-Key-Id)', { kind: 'header', name: 'x-key-id' }],
  ])('reads %s', (text, expected) => {
    expect(parseSelector(text)).toEqual(expected);
  });

  test.each([
    '',
    'Principal',
    'header()',
    'header(a b)',
    'header(:path)',
    'header(a',
    ' principal',
    'header(a)x',
    'header(-a)',
  ])('refuses %j', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });

  test.each(['principal', 'remoteAddress', 'header(x-key-id)'])('printSelector gives %s back', (text) => {
    const selector = parseSelector(text);
    expect(selector === undefined ? '' : printSelector(selector)).toBe(text);
  });
});

describe('descriptorEntries', () => {
  test('begin with policy and limit, then have one entry a selector', () => {
    const per = [
      { kind: 'principal' },
      { kind: 'header', name: 'x-shop' },
      { kind: 'remoteAddress' },
    ] as const;
    expect(descriptorEntries('pay/per-merchant', { name: 'burst', per })).toEqual([
      { key: 'policy', value: 'pay/per-merchant' },
      { key: 'limit', value: 'burst' },
      { key: 'principal', selector: { kind: 'principal' } },
      { key: 'header.x-shop', selector: { kind: 'header', name: 'x-shop' } },
      { key: 'remote_address', selector: { kind: 'remoteAddress' } },
    ]);
  });
});
