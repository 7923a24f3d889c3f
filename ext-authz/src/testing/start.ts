import { Writable } from 'node:stream';

import { fromBinary } from '@bufbuild/protobuf';
import { type CheckResponse, CheckResponseSchema } from '@paymesh/common/envoy-auth';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { createFakeClock } from '@paymesh/common/testing';

import type { AccessSet } from '../access/index.ts';
import type { RuleSet } from '../rules/index.ts';
import { createAuthzService } from '../service.ts';
import { checkBytes, NOW_MS, type RawCheck } from './fixtures.ts';
import { memorySink } from './memory-sink.ts';

/** The service on a clock that stands still, and all that it prints. */
export function start(rules: RuleSet, maxNonces?: number, access: AccessSet = new Map()) {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const registry = createRegistry('ext-authz');
  const service = createAuthzService({
    book: {
      current: () => rules,
      access: () => access,
      revision: () => 'c0ffee',
      keySets: () => new Map(),
      routes: () => new Map([['pay/charge', 'pay/payments']]),
      apply: () => Promise.reject(new Error('not here')),
      refresh: () => Promise.reject(new Error('not here')),
    },
    log: createLogger({ service: 'ext-authz', destination }),
    registry,
    audit: { sink: memorySink(lines) },
    clock: createFakeClock(NOW_MS),
    maxNonces,
  });
  const answerTo = async (check: RawCheck) => answerOf(await service.check(checkBytes(check)));
  return {
    check: answerTo,
    output: async () => lines.join('') + (await registry.metrics()),
  };
}

/** An answer as Envoy reads it. */
export function answerOf(bytes: Uint8Array): CheckResponse {
  return fromBinary(CheckResponseSchema, bytes);
}

/** What a client and the metrics see of an answer. */
export function outcome(response: CheckResponse) {
  const { status, httpResponse, dynamicMetadata } = response;
  const isDenied = httpResponse.case === 'deniedResponse';
  return {
    grpc: status?.code,
    http: isDenied ? httpResponse.value.status?.code : 200,
    reason: dynamicMetadata?.['reason'],
    body: isDenied ? (JSON.parse(httpResponse.value.body) as Record<string, unknown>) : undefined,
  };
}
