import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { type CheckResponse, CheckResponseSchema } from '@paymesh/common/envoy-auth';

import { type Decision, type DenialReason, denialOf, denialReasons } from '../decision/index.ts';
import { toAnswer } from './check-response.ts';
import { encodeAnswer } from './wire/index.ts';

const denial = (reason: DenialReason): Decision => ({
  kind: 'deny',
  policyId: 'pay/p',
  reason,
  keyId: undefined,
});

/** What Envoy reads. */
function onTheWire(decision: Decision): CheckResponse {
  return fromBinary(CheckResponseSchema, encodeAnswer(toAnswer(decision, 'req-1')));
}

describe('toAnswer', () => {
  test.each(denialReasons)('%s is denied on the wire, with status and body', (reason) => {
    const { status, httpResponse, dynamicMetadata } = onTheWire(denial(reason));
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
    const response = onTheWire({
      kind: 'allow',
      policyId: 'pay/p',
      proof: { principal: 'merchant-a', keyId: 'k' },
    });
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
      const { httpResponse } = onTheWire(denial(reason));
      expect(JSON.stringify(httpResponse)).not.toContain(reason);
    }
  });
});
