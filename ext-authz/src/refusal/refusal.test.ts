import { describe, expect, test } from '@jest/globals';

import { denialOf, denialReasons, type RefusalStyle } from '../decision/index.ts';
import { writeRefusal } from './index.ts';

const HINT = 'sig1=("@method" "@path");created;keyid;nonce';

describe('writeRefusal', () => {
  test.each<[RefusalStyle | undefined, string, string]>([
    [undefined, 'application/problem+json', '"code":"bad_signature"'],
    [{ kind: 'provider', provider: 'wechatpay' }, 'application/json; charset=utf-8', '"code":"SIGN_ERROR"'],
    [
      { kind: 'provider', provider: 'alipay' },
      'application/json; charset=utf-8',
      '"code":"invalid-signature"',
    ],
    [
      { kind: 'provider', provider: 'alipayplus' },
      'application/json; charset=utf-8',
      '"resultCode":"INVALID_SIGNATURE"',
    ],
    [
      { kind: 'provider', provider: 'unionpay' },
      'application/x-www-form-urlencoded; charset=utf-8',
      'respCode=11&',
    ],
    [
      { kind: 'provider', provider: 'sigv4' },
      'application/x-amz-json-1.1',
      '"__type":"InvalidSignatureException"',
    ],
  ])('words a wrong signature in the style %j', (style, contentType, part) => {
    const { headers, body } = writeRefusal(denialOf('bad_signature'), 'req-1', style);
    expect(headers[0]).toEqual(['content-type', contentType]);
    expect(body).toContain(part);
    expect(body).toContain('req-1');
  });

  test.each(['wechatpay', 'alipay', 'alipayplus', 'unionpay', 'sigv4'] as const)(
    '%s has words for every reason, which never tell the exact one',
    (provider) => {
      for (const reason of denialReasons) {
        const { headers, body } = writeRefusal(denialOf(reason), 'req-1', { kind: 'provider', provider });
        expect(headers.map(([name]) => name)).toEqual(['content-type', 'cache-control', 'x-paymesh-code']);
        if (reason !== denialOf(reason).code) expect(body).not.toContain(reason);
        if (denialOf(reason).status === 503) expect(body).not.toMatch(/SIGN|signature|respCode=11/i);
      }
    },
  );

  test('tells who signs too little, or not, what is wanted', () => {
    const hinted = (
      reason: 'missing_signature' | 'insufficient_coverage' | 'bad_signature' | 'digest_mismatch',
    ) => writeRefusal(denialOf(reason), 'r', { kind: 'problem', acceptSignature: HINT }).headers.slice(2);
    expect(hinted('missing_signature')).toEqual([['accept-signature', HINT]]);
    expect(hinted('insufficient_coverage')).toEqual([['accept-signature', HINT]]);
    expect(hinted('digest_mismatch')).toEqual([['want-content-digest', 'sha-256=10, sha-512=5']]);
    expect(hinted('bad_signature')).toEqual([]);
  });
});
