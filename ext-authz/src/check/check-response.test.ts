import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { CheckResponseSchema } from '@paymesh/common/envoy-auth';

import { type Decision, type DenialReason, denialOf, denialReasons } from '../decision/index.ts';
import { toCheckResponse } from './check-response.ts';

const denial = (reason: DenialReason): Decision => ({
  kind: 'deny',
  policyId: 'pay/p',
  reason,
  keyId: undefined,
});

describe('toCheckResponse', () => {
  test.each(denialReasons)('%s is denied on the wire, with status and body', (reason) => {
    const bytes = toBinary(CheckResponseSchema, toCheckResponse(denial(reason), 'req-1'));
    const { status, httpResponse, dynamicMetadata } = fromBinary(CheckResponseSchema, bytes);
    const { status: http, code, title } = denialOf(reason);
    expect(status?.code).toBe(7);
    expect(httpResponse.case).toBe('deniedResponse');
    expect(httpResponse.value).toMatchObject({ status: { code: http } });
    expect(http).toBeGreaterThanOrEqual(400);
    expect(JSON.parse((httpResponse.value as { body: string }).body)).toEqual({
      type: 'about:blank',
      title,
      status: http,
      code,
      request_id: 'req-1',
    });
    expect(Object.values(dynamicMetadata ?? {}).every((value) => typeof value === 'string')).toBe(true);
  });

  test('only an allow has status OK with headers', () => {
    const response = toCheckResponse(
      { kind: 'allow', policyId: 'pay/p', proof: { principal: 'merchant-a', keyId: 'k' } },
      'req-1',
    );
    expect(response.status?.code).toBe(0);
    expect(response.httpResponse.case).toBe('okResponse');
  });

  test('nothing of the exact reason is in the answer to the client', () => {
    const hidden: readonly DenialReason[] = [
      'unknown_key',
      'revoked_key',
      'expired_key',
      'malformed_nonce',
      'store_full',
    ];
    for (const reason of hidden) {
      const { httpResponse } = toCheckResponse(denial(reason), 'req-1');
      expect(JSON.stringify(httpResponse)).not.toContain(reason);
    }
  });
});
