import { randomBytes } from 'node:crypto';

import { create, toBinary } from '@bufbuild/protobuf';
import { CheckRequestSchema } from '@paymesh/common/envoy-auth';

import type { AuthzCase } from './cases.ts';
import { POLICY } from './policy-files.ts';

const METHOD = 'POST';
const TARGET = '/v1/payments?currency=CNY&channel=app';
const BODY = Buffer.from(
  `{"merchantOrder":"A-2026-000001","amount":{"value":12900,"currency":"CNY"},"payer":{"ref":"p-77120"},"note":"${'x'.repeat(280)}"}`,
);
/** With the four of a signature there are twenty. */
const HEADERS: readonly (readonly [string, string])[] = [
  [':method', METHOD],
  [':path', TARGET],
  [':authority', 'edge.pay.example'],
  [':scheme', 'https'],
  ['user-agent', 'merchant-backend/4.11 (linux; x64)'],
  ['accept', 'application/json'],
  ['accept-encoding', 'gzip, br'],
  ['content-type', 'application/json'],
  ['content-length', String(BODY.byteLength)],
  ['x-request-id', '7f0a4a52-3a0d-4d5a-8e23-7f3f3d2c9a11'],
  ['x-forwarded-for', '203.0.113.7'],
  ['x-forwarded-proto', 'https'],
  ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
  ['idempotency-key', 'A-2026-000001'],
  ['x-envoy-auth-partial-body', 'false'],
  ['tracestate', 'pay=00f067aa0ba902b7,edge=b7ad6b7169203331'],
];

/** The bytes of a CheckRequest as Envoy sends them, about 1.4 kB with 20 headers, each with a nonce of its own. */
export function signedCheck({ sign }: AuthzCase, nowS: number): Buffer {
  const nonce = randomBytes(16).toString('hex');
  const signature = sign({ method: METHOD, target: TARGET, body: BODY, nonce, nowS });
  const headers = [...HEADERS, ...signature].map(([key, value]) => ({ key, rawValue: Buffer.from(value) }));
  const message = create(CheckRequestSchema, {
    attributes: {
      source: { ...socket('203.0.113.7', 40_112), principal: 'spiffe://pay.example/ns/edge/sa/gateway' },
      destination: socket('10.24.3.7', 8_443),
      contextExtensions: { policy: POLICY, route: 'pay/charge' },
      request: {
        time: { seconds: BigInt(nowS), nanos: 123_456_789 },
        http: {
          // Of its own too: a number that comes again is the same request to Envoy.
          id: randomBytes(8).readBigUInt64BE().toString(),
          method: METHOD,
          path: TARGET,
          host: 'edge.pay.example',
          scheme: 'https',
          protocol: 'HTTP/2',
          size: BigInt(BODY.byteLength),
          rawBody: BODY,
          headerMap: { headers },
        },
      },
    },
  });
  return Buffer.from(toBinary(CheckRequestSchema, message));
}

function socket(address: string, port: number) {
  const value = { address, portSpecifier: { case: 'portValue' as const, value: port } };
  return { address: { address: { case: 'socketAddress' as const, value } } };
}
