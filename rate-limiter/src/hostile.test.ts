import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, jest, test } from '@jest/globals';
import {
  RateLimitRequestSchema,
  RateLimitResponse_Code,
  RateLimitResponseSchema,
  RateLimitUnit,
} from '@paymesh/common/envoy-ratelimit';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { createFakeClock } from '@paymesh/common/testing';
import * as fc from 'fast-check';

import { loadRules } from './config/index.ts';
import { createLimiter } from './limiter/index.ts';
import { createMetrics } from './metrics.ts';
import { createRlsService } from './rls/index.ts';
import { createEmbeddedStore } from './store/index.ts';
import { rulesFrom } from './testing/index.ts';

const REQUESTS = 95_000;
const CONFIGS = 5_000;
const START_MS = Date.UTC(2026, 0, 1);
/** More than the tenth part of the requests would take if each left something behind. */
const MAX_GROWTH_BYTES = 8_000_000;

const RULES = `
domain: d
descriptors:
- key: a
  rate_limit: {unit: second, requests_per_unit: 3}
  descriptors:
  - key: b
    value: x*
    rate_limit: {unit: minute, requests_per_unit: 5, algorithm: sliding}
- key: b
  rate_limit: {unit: hour, requests_per_unit: 9, algorithm: token_bucket, burst: 2}
- key: c
  rate_limit: {concurrency: {max: 4, hold_seconds: 60}, name: jobs}
- {key: q, quota_mode: true, rate_limit: {unit: day, requests_per_unit: 1}}
- {key: free, rate_limit: {unlimited: true}}
`;

const text = fc.oneof(fc.constantFrom('a', 'b', 'c', 'q', 'free', 'x1', ''), fc.string({ unit: 'binary' }));
const entry = fc.record({ key: text, value: text });
const descriptor = fc.record(
  {
    entries: fc.array(entry, { maxLength: 3 }),
    limit: fc.record({
      requestsPerUnit: fc.nat(),
      unit: fc.constantFrom(RateLimitUnit.UNKNOWN, RateLimitUnit.SECOND, RateLimitUnit.YEAR),
    }),
    hitsAddend: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    isNegativeHits: fc.boolean(),
  },
  { requiredKeys: ['entries'] },
);
const message = fc
  .record({
    domain: fc.oneof(fc.constant('d'), text),
    descriptors: fc.array(descriptor, { maxLength: 4 }),
    hitsAddend: fc.nat(),
  })
  .map((init) => Buffer.from(toBinary(RateLimitRequestSchema, create(RateLimitRequestSchema, init))));
/** Messages, some with a byte that is another, some cut short; and noise. */
const bytes = fc.oneof(
  { weight: 6, arbitrary: message },
  { weight: 2, arbitrary: fc.tuple(message, fc.nat(), fc.nat(255)).map(withByte) },
  { weight: 1, arbitrary: fc.tuple(message, fc.nat()).map(([whole, at]) => whole.subarray(0, at % 40)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((noise) => Buffer.from(noise)) },
);

function withByte([whole, at, byte]: [Buffer, number, number]): Buffer {
  const changed = Buffer.from(whole);
  if (changed.length > 0) changed[at % changed.length] = byte;
  return changed;
}

function startService() {
  const clock = createFakeClock(START_MS);
  const metrics = createMetrics(createRegistry('rate-limiter'));
  const rules = rulesFrom([{ path: 'd.yaml', text: RULES }]);
  const limiter = createLimiter({
    rules: () => rules,
    store: createEmbeddedStore({ maxCounters: 1_000 }),
    localStore: createEmbeddedStore({ maxCounters: 1_000 }),
    clock,
    observer: metrics.observer,
  });
  const log = createLogger({ service: 'rate-limiter', level: 'silent' });
  const failures = jest.spyOn(log, 'error');
  const [call] = Object.values(createRlsService({ limiter, log, onCall: metrics.observeCall }));
  if (call === undefined) throw new Error('no method');
  return { clock, call, failures };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('whatever is sent', () => {
  test(`${REQUESTS} random and hostile requests are answered, and leave nothing behind`, async () => {
    const { clock, call, failures } = startService();
    const metadata = { get: () => undefined };
    let answered = 0;
    const ask = async (request: Buffer): Promise<void> => {
      const reply = await call(request, metadata);
      if (reply instanceof Uint8Array) {
        // UNKNOWN would let the request pass.
        expect(fromBinary(RateLimitResponseSchema, reply).overallCode).not.toBe(
          RateLimitResponse_Code.UNKNOWN,
        );
      }
      answered += 1;
      if (answered % 10 === 0) clock.advance(7);
    };
    await fc.assert(fc.asyncProperty(bytes, ask), { numRuns: REQUESTS / 10 });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 9, maxLength: 9 }), async (all) => {
        for (const one of all) await ask(one);
      }),
      { numRuns: REQUESTS / 10 },
    );
    collectGarbage();
    expect(answered).toBe(REQUESTS);
    expect(failures).not.toHaveBeenCalled();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(MAX_GROWTH_BYTES);
  });

  test(`${CONFIGS} random and broken configurations are taken or refused with their places`, () => {
    const line = fc.constantFrom(...RULES.split('\n'));
    const mangled = fc.tuple(fc.array(line, { maxLength: 20 }), fc.string({ unit: 'binary' }), fc.nat(400));
    const config = fc.oneof(
      fc.string({ unit: 'binary' }),
      mangled.map(([lines, noise, at]) => {
        const whole = lines.join('\n');
        return whole.slice(0, at) + noise + whole.slice(at);
      }),
    );
    fc.assert(
      fc.property(config, (of) => {
        const loaded = loadRules([{ path: 'd.yaml', text: of }]);
        if (loaded.kind !== 'refused') return;
        expect(loaded.findings.length).toBeGreaterThan(0);
        for (const { at } of loaded.findings) expect(at.line).toBeGreaterThan(0);
      }),
      { numRuns: CONFIGS },
    );
  });
});
