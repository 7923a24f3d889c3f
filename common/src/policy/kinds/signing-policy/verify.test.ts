import { describe, expect, test } from '@jest/globals';

import { lines, parseSpec } from '../../testing/parse-spec.ts';

const spec = (verify: string, more = '') =>
  lines('targetRefs: [{kind: Route, name: r}]', `verify: ${verify}`, more).trim();

const keys = { keySet: { namespace: 'pay', name: 'm' } };

describe('verify of a SigningPolicy', () => {
  test.each<[string, string, object]>([
    [
      'rfc9421 with a coverage and the defaults',
      '{scheme: rfc9421, keys: {from: keyset/m}, coverage: payment-write}',
      {
        scheme: 'rfc9421',
        keys,
        coverage: 'payment-write',
        cover: [],
        params: ['created', 'keyid', 'nonce'],
        digest: 'Required',
      },
    ],
    [
      'rfc9421 with everything, identifiers with quotes and without',
      `{scheme: rfc9421, keys: {from: keyset/m}, label: sig1, tag: pay, cover: ['"@method"', x-amount, '@query-param;name="id"', '"x-list";sf;key="a"'], params: [created], digest: IfPresent}`,
      {
        scheme: 'rfc9421',
        keys,
        label: 'sig1',
        tag: 'pay',
        cover: ['"@method"', '"x-amount"', '"@query-param";name="id"', '"x-list";key="a";sf'],
        params: ['created'],
        digest: 'IfPresent',
      },
    ],
    [
      'a callback of WeChat Pay',
      '{scheme: wechatpay, keys: {from: keyset/m}, message: callback}',
      { scheme: 'wechatpay', keys, message: 'callback' },
    ],
    [
      'a request of Alipay',
      '{scheme: alipay, keys: {from: keyset/m}}',
      { scheme: 'alipay', keys, message: 'request' },
    ],
    ['a scheme without choices', '{scheme: stripe, keys: {from: keyset/m}}', { scheme: 'stripe', keys }],
    [
      'SigV4',
      '{scheme: sigv4, keys: {from: keyset/m}, region: eu-west-1, service: pay, cover: [content-type]}',
      { scheme: 'sigv4', keys, region: 'eu-west-1', service: 'pay', cover: ['"content-type"'] },
    ],
  ])('reads %s', (_name, verify, expected) => {
    expect(parseSpec('SigningPolicy', spec(verify))).toMatchObject({ verify: expected });
  });

  test('reads a scheme on trial', () => {
    const trial = 'candidate: {scheme: rfc9421, keys: {from: keyset/m}, coverage: payment-read}';
    expect(parseSpec('SigningPolicy', spec('{scheme: stripe, keys: {from: keyset/m}}', trial))).toMatchObject(
      {
        candidate: { scheme: 'rfc9421', coverage: 'payment-read' },
      },
    );
  });

  test.each<[string, string, string]>([
    [
      'a misspelt scheme',
      spec('{scheme: rfc9412, keys: {from: keyset/m}}'),
      'PM2104 spec.verify.scheme: expected one of hmac-sha256, rfc9421, wechatpay, alipay, alipayplus, unionpay, stripe, adyen, standard-webhooks, sigv4; got "rfc9412" (did you mean "rfc9421"?)',
    ],
    [
      'no scheme',
      spec('{keys: {from: keyset/m}}'),
      'PM1203 spec.verify: expected the key "scheme": one of hmac-sha256, rfc9421',
    ],
    [
      'a key of another scheme',
      spec('{scheme: stripe, keys: {from: keyset/m}, region: eu}'),
      'PM1202 spec.verify.region: expected one of the keys scheme, keys; got "region"',
    ],
    [
      'rfc9421 that leaves open what is covered',
      spec('{scheme: rfc9421, keys: {from: keyset/m}}'),
      'PM4006 spec.verify.cover: expected coverage: payment-write, payment-read or webhook, or a list of what must be covered; got neither coverage nor cover',
    ],
    [
      'rfc9421 without a time',
      spec('{scheme: rfc9421, keys: {from: keyset/m}, coverage: webhook, params: [nonce]}'),
      'PM4006 spec.verify.params: expected created among the parameters: without it a signature is good for ever; got nonce',
    ],
    [
      'a component that no request has',
      spec('{scheme: rfc9421, keys: {from: keyset/m}, cover: ["@status"]}'),
      'PM2113 spec.verify.cover[0]: expected a component identifier of RFC 9421, such as "@method", "content-digest" or "x-amount"; got "@status"',
    ],
    [
      'a component in upper case',
      spec('{scheme: rfc9421, keys: {from: keyset/m}, cover: [X-Amount]}'),
      'PM2113 spec.verify.cover[0]',
    ],
    [
      'flags that do not go together',
      spec(`{scheme: rfc9421, keys: {from: keyset/m}, cover: ['x-a;bs;sf']}`),
      'PM2113 spec.verify.cover[0]',
    ],
    [
      'one component twice',
      spec(`{scheme: rfc9421, keys: {from: keyset/m}, cover: ['"@method"', '@method']}`),
      'PM2204 spec.verify.cover[1]',
    ],
    [
      'refusals of a provider that has none',
      spec('{scheme: stripe, keys: {from: keyset/m}}', 'denial: Provider'),
      'PM4012 spec.denial: expected Problem, or a scheme with refusals of its own: wechatpay, alipay, alipayplus, unionpay, sigv4; got Provider with stripe',
    ],
  ])('refuses %s', (_name, text, expected) => {
    expect(parseSpec('SigningPolicy', text)).toEqual([expect.stringContaining(expected)]);
  });
});
