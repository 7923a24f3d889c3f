import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { signRequest } from '@paymesh/ext-authz';

import {
  type RawRequest,
  type SignedGateway,
  sendHttp1,
  sendHttp2,
  startSignedGateway,
} from '../harness/index.ts';

const envoy = findEnvoy(process.env) ?? '';
const SECRET = randomBytes(32);
const LIMIT = 1_024;

const POLICIES = `apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: open, namespace: pay}
spec: {service: sink, parent: edge, match: [{path: {exact: /open}}]}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: signed, namespace: pay}
spec: {service: sink, parent: edge, match: [{path: {prefix: /signed}}]}
---
apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec: {keys: [{id: k-1, owner: merchant-a, secret: {file: ../keys/k-1.key}}]}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: signed, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: signed}]
  verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}
  maxBody: ${LIMIT}B
`;

let gateway: SignedGateway;

beforeAll(async () => {
  gateway = await startSignedGateway({
    envoy,
    policies: POLICIES,
    files: { 'keys/k-1.key': SECRET.toString('base64') },
  });
}, 60_000);
afterAll(() => gateway?.stop());

function signed(method: string, target: string, body = ''): RawRequest {
  const headers = signRequest({
    method,
    target,
    body,
    keyId: 'k-1',
    secret: SECRET,
    timestamp: Math.floor(Date.now() / 1_000),
    nonce: randomBytes(16).toString('hex'),
  });
  const lines = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { method, target, headers: lines, ...(body === '' ? {} : { body: Buffer.from(body) }) };
}

describe('hostile requests through a real Envoy', () => {
  test.each([
    ['HTTP/1.1', sendHttp1],
    ['HTTP/2', sendHttp2],
  ])('a rightly signed one passes once over %s', async (_protocol, send) => {
    const before = gateway.passed.length;
    const request = signed('POST', '/signed/a?b=2&a=%2F', '{"amount":1}');
    expect((await send(gateway.port, request)).status).toBe(200);
    expect((await send(gateway.port, request)).status).toBe(409);
    expect(gateway.passed.length).toBe(before + 1);
  });

  test('a body that Envoy cuts short on HTTP/2 is refused, and does not reach the program', async () => {
    const before = gateway.passed.length;
    const request = signed('POST', '/signed', 'x'.repeat(LIMIT + 500));
    expect((await sendHttp2(gateway.port, request)).status).toBe(413);
    expect((await sendHttp1(gateway.port, request)).status).toBe(413);
    expect(gateway.passed.length).toBe(before);
  });
});
