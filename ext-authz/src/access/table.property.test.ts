import { describe, expect, test } from '@jest/globals';
import { accessRequests, accessSpecs, type NaiveRequest, naivelyAllows } from '@paymesh/common/testing';
import { assert, property, shuffledSubarray } from 'fast-check';

import { headerList, type Message } from '../message/index.ts';
import { createJudge } from './judge.ts';
import { accessRequest } from './request.ts';

/** As much of a request as reaches the rules of the service. */
function requestOf(naive: NaiveRequest) {
  const message: Message = {
    policyId: undefined,
    accessIds: [],
    attempt: '',
    routeId: '',
    requestId: '',
    peer: { address: naive.source, principal: '', certificate: '' },
    method: naive.method,
    scheme: 'https',
    authority: 'pay.example',
    target: `${naive.path}?a=/../b`,
    headers: headerList(
      naive.headers.map(([name, value]) => ({ name, value: Buffer.from(value, 'latin1') })),
    ),
    isLossy: false,
    body: { kind: 'whole', bytes: new Uint8Array() },
  };
  const caller = { principal: naive.peers[0] ?? '', names: naive.peers, thumbprint: undefined };
  const request = accessRequest(message, caller, { id: 'k', owner: naive.principal }, 0);
  return { ...request, claims: naive.claims ?? {} };
}

describe('the table of rules', () => {
  test('means what the reference says', () => {
    let allowed = 0;
    assert(
      property(accessSpecs({ principals: true }), accessRequests, (spec, naive) => {
        const { kind } = createJudge(spec.rules, () => undefined)(requestOf(naive));
        const isAllowed = naivelyAllows({ ...spec, identity: { mtls: 'Optional' } }, naive);
        if (isAllowed) allowed += 1;
        expect(kind).toBe(isAllowed ? 'allow' : 'deny');
      }),
      { numRuns: 5_000 },
    );
    expect(allowed).toBeGreaterThan(100);
  });

  test('means the same in any order', () => {
    assert(
      property(
        accessSpecs({ principals: true }).chain((spec) =>
          shuffledSubarray([...spec.rules], { minLength: spec.rules.length }).map(
            (other) => [spec.rules, other] as const,
          ),
        ),
        accessRequests,
        ([rules, other], naive) => {
          const request = requestOf(naive);
          const [a, b] = [rules, other].map((list) => createJudge(list, () => undefined)(request).kind);
          expect(a).toBe(b);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
