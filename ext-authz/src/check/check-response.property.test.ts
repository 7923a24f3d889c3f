import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from '@jest/globals';
import { CheckResponseSchema } from '@paymesh/common/envoy-auth';
import * as fc from 'fast-check';

import { type Decision, denialReasons } from '../decision/index.ts';
import { toAnswer } from './check-response.ts';
import { encodeAnswer } from './wire/index.ts';

const TRUSTED = ['x-paymesh-key-id', 'x-paymesh-peer', 'x-paymesh-principal', 'x-paymesh-subject'];
/** gRPC PERMISSION_DENIED. */
const DENIED = 7;
const MIN_REFUSAL = 400;

const text = fc.string({ maxLength: 40 });
const reason = fc.constantFrom(...denialReasons);
const decision: fc.Arbitrary<Decision> = fc.oneof(
  fc.record({
    kind: fc.constant('allow' as const),
    policyId: text,
    proof: fc.record({ principal: text, keyId: text, peer: text, subject: text }),
  }),
  fc.record({ kind: fc.constant('shadow_deny' as const), policyId: text, reason, keyId: text }),
  fc.record({ kind: fc.constant('deny' as const), policyId: text, reason, keyId: text }),
);

test('no decision has an answer that Envoy takes for another, or that changes more than the trusted headers', () => {
  fc.assert(
    fc.property(decision, text, fc.boolean(), (made, requestId, isTrial) => {
      const bytes = encodeAnswer(toAnswer(made, requestId, { isTrial }));
      const { status, httpResponse } = fromBinary(CheckResponseSchema, bytes);
      // An answer without both would be an allow to Envoy, whatever it says besides.
      expect(status).toBeDefined();
      if (made.kind === 'deny') {
        expect([status?.code, httpResponse.case]).toEqual([DENIED, 'deniedResponse']);
        if (httpResponse.case !== 'deniedResponse') return;
        expect(httpResponse.value.status?.code).toBeGreaterThanOrEqual(MIN_REFUSAL);
        expect(httpResponse.value.body).not.toBe('');
        return;
      }
      expect([status?.code, httpResponse.case]).toEqual([0, 'okResponse']);
      if (httpResponse.case !== 'okResponse') return;
      const { headers, headersToRemove, ...rest } = httpResponse.value;
      const touched = [...headers.map(({ header }) => header?.key ?? ''), ...headersToRemove];
      expect(touched.toSorted()).toEqual(isTrial ? [] : TRUSTED);
      expect([rest.queryParametersToSet, rest.queryParametersToRemove, rest.responseHeadersToAdd]).toEqual([
        [],
        [],
        [],
      ]);
    }),
  );
});
