import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '@paymesh/common/testing';

import { type ScenarioMesh, startScenarioMesh } from './harness/index.ts';

const root = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 90_000;
/** Envoy sends spans every 5 s. */
const EXPORT_MS = 15_000;
const PAYMENT = [
  'edge',
  'ext-authz',
  'rate-limiter',
  'pay/payments',
  'pay/risk',
  'psp/psp-wechat',
  'pay/ledger',
];

describe('traces of the sample mesh', () => {
  let receiver: OtlpReceiver;
  let mesh: ScenarioMesh;
  let policies: string;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    policies = join(mkdtempSync(join(tmpdir(), 'paymesh-traces-')), 'policies');
    cpSync(join(root, 'policies'), policies, { recursive: true });
    const path = join(policies, 'mesh/defaults.yaml');
    const text = readFileSync(path, 'utf8').trimEnd();
    writeFileSync(path, `${text}\n  tracing: { otlp: ${receiver.address} }\n`);
    mesh = await startScenarioMesh({ root, env: process.env, policies });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await mesh?.stop();
    await receiver?.stop();
    rmSync(join(policies, '..'), { recursive: true, force: true });
  });

  test(
    'one payment is one connected trace through every proxy and policy service',
    async () => {
      const merchant = mesh.merchant('merchant-a-2026');
      const signed = merchant.sign({
        method: 'POST',
        path: '/v1/payments',
        body: JSON.stringify({ orderId: 'o-1', channel: 'wechat', amount: { minor: 100, currency: 'CNY' } }),
        headers: { 'idempotency-key': randomUUID() },
      });
      const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
      const paid = await merchant.send({ ...signed, headers: { ...signed.headers, traceparent } });
      expect(paid.status).toBe(201);
      const trace = await eventually(
        () => {
          const found = traceOf(receiver.spans);
          expect([...new Set(found.map(({ service }) => service))].sort()).toEqual(PAYMENT.toSorted());
          expect(orphansOf(found)).toEqual([]);
          return found;
        },
        { everyMs: 200, timeoutMs: EXPORT_MS },
      );
      const roots = trace.filter(({ parentSpanId }) => parentSpanId === '');
      expect(roots.map(({ service }) => service)).toEqual(['edge']);
      expect(roots[0]?.attributes).toMatchObject({ listener: 'gateway', decision: 'allow' });
      expect(roots[0]?.traceId).not.toBe('1'.repeat(32));
      expect(JSON.stringify(trace)).not.toContain('/v1/payments');
    },
    EXPORT_MS + 15_000,
  );
});

/** The spans of the payment's trace: the notification of the provider, which comes through the edge too, has another. */
function traceOf(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  const charge = spans.find(({ service }) => service === 'psp/psp-wechat');
  return spans.filter(({ traceId }) => traceId === charge?.traceId);
}

/** Spans whose parent nobody sent: where a trace is broken. */
function orphansOf(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => parentSpanId !== '' && !known.has(parentSpanId));
}
