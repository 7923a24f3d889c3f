import { Writable } from 'node:stream';

import { describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock } from '@paymesh/common/testing';

import type { Decision } from '../decision/index.ts';
import { createAudit } from './audit-log.ts';

const ALLOW: Decision = { kind: 'allow', policyId: 'pay/p', proof: { principal: 'merchant-a', keyId: 'k' } };
const DENY: Decision = { kind: 'deny', policyId: 'pay/p', reason: 'unknown_key', keyId: undefined };

function start(bounds: { allowSample?: number; maxLinesPerSecond?: number } = {}) {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const clock = createFakeClock();
  let dropped = 0;
  const onDropped = () => {
    dropped += 1;
  };
  const log = createLogger({ service: 'ext-authz', destination });
  const audit = createAudit({ log, clock, onDropped, ...bounds });
  return { audit, clock, lines, dropped: () => dropped };
}

describe('createAudit', () => {
  test('writes every denial with its exact reason', () => {
    const { audit, lines } = start();
    audit(DENY, undefined);
    expect(lines).toMatchObject([
      { msg: 'decision', decision: 'deny', policy: 'pay/p', reason: 'unknown_key', status: 401 },
    ]);
  });

  test('writes one allow in so many', () => {
    const { audit, lines } = start({ allowSample: 10 });
    for (let index = 0; index < 100; index += 1) audit(ALLOW, undefined);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatchObject({ decision: 'allow', principal: 'merchant-a', key_id: 'k' });
  });

  test('writes no allow when the sample is 0', () => {
    const { audit, lines } = start({ allowSample: 0 });
    for (let index = 0; index < 100; index += 1) audit(ALLOW, undefined);
    expect(lines).toHaveLength(0);
  });

  test('drops and counts what is over the bound of a second', () => {
    const { audit, clock, lines, dropped } = start({ maxLinesPerSecond: 3 });
    for (let index = 0; index < 5; index += 1) audit(DENY, undefined);
    expect([lines.length, dropped()]).toEqual([3, 2]);
    clock.advance(1_000);
    audit(DENY, undefined);
    expect(lines).toHaveLength(4);
  });
});
