import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';

import { memorySink } from '../testing/memory-sink.ts';
import { type AuditEntry, type AuditOptions, createAudit, type DropCause, decisionId } from './index.ts';

const ALLOW: AuditEntry = {
  decision: 'allow',
  policy: 'pay/p',
  reason: 'ok',
  principal: 'merchant-a',
  keyId: 'k',
};
const DENY: AuditEntry = { decision: 'deny', policy: 'pay/p', reason: 'unknown_key', status: 401 };

function start(change: Partial<AuditOptions> = {}) {
  const lines: string[] = [];
  const drops: Partial<Record<DropCause, number>> = {};
  const clock = createFakeClock();
  const audit = createAudit({
    sink: memorySink(lines),
    clock,
    onDropped: (cause, count) => {
      drops[cause] = (drops[cause] ?? 0) + count;
    },
    ...change,
  });
  const log = (entry: AuditEntry) => {
    if (audit.wants(entry.decision)) audit.write(entry);
  };
  return {
    audit,
    log,
    clock,
    lines,
    drops,
    records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('createAudit', () => {
  test('writes every denial with its exact reason', () => {
    const { log, records } = start();
    log(DENY);
    expect(records()).toEqual([
      {
        time: '2026-01-01T00:00:00.000Z',
        service: 'ext-authz',
        msg: 'decision',
        id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
        decision: 'deny',
        policy: 'pay/p',
        reason: 'unknown_key',
        status: 401,
      },
    ]);
  });

  test('writes all that is known of a decision', () => {
    const { log, records } = start();
    log({
      ...DENY,
      id: '01JDK3V5Q8ZT6W2N4R7Y9B1C3D',
      scheme: 'rfc9421',
      revision: 'abc',
      route: 'pay/charge',
      requestId: '9c5b94b1-35ad-49bb-b118-8e8fc24abf80',
      method: 'POST',
      path: '/v1/payments?card=4111111111111111',
      source: '10.0.0.1',
      timingsUs: { read: 12.6, verify: 230 },
      shadow: { scheme: 'hmac', reason: 'bad_signature' },
      accessRule: 'refunds',
    });
    expect(records()).toMatchObject([
      {
        id: '01JDK3V5Q8ZT6W2N4R7Y9B1C3D',
        scheme: 'rfc9421',
        revision: 'abc',
        route: 'pay/charge',
        request_id: '9c5b94b1-35ad-49bb-b118-8e8fc24abf80',
        method: 'POST',
        path: '/v1/payments',
        source: '10.0.0.1',
        timings_us: { read: 13, verify: 230 },
        shadow: { scheme: 'hmac', reason: 'bad_signature' },
        access_rule: 'refunds',
      },
    ]);
  });

  test('shadow denials are denials: all are written', () => {
    const { log, lines } = start({ allowSample: 0 });
    for (let index = 0; index < 5; index += 1) log({ ...DENY, decision: 'shadow_deny' });
    expect(lines).toHaveLength(5);
  });

  test.each([
    [10, 10],
    [1, 100],
    [0, 0],
  ])('of 100 allows with a sample of one in %i writes %i', (allowSample, written) => {
    const { log, lines, drops } = start({ allowSample });
    for (let index = 0; index < 100; index += 1) log(ALLOW);
    expect(lines).toHaveLength(written);
    expect(drops).toEqual({});
  });

  test('counts what is over the bound of a second, and says so in the log', () => {
    const { log, clock, records, drops } = start({ maxLinesPerSecond: 3 });
    for (let index = 0; index < 5; index += 1) log(DENY);
    expect(drops).toEqual({ rate: 2 });
    clock.advance(1_000);
    log(DENY);
    expect(records().map(({ msg, lines }) => [msg, lines])).toEqual([
      ...Array.from({ length: 3 }, () => ['decision', undefined]),
      ['dropped', { rate: 2 }],
      ['decision', undefined],
    ]);
  });

  test.each(['queue_full', 'write_error'] as const)('counts what a sink refuses for %s', async (cause) => {
    const lines: string[] = [];
    let refusal: typeof cause | undefined = cause;
    const { audit, log, drops } = start({ sink: memorySink(lines, () => refusal) });
    log(DENY);
    log(DENY);
    expect([drops, lines]).toEqual([{ [cause]: 2 }, []]);
    refusal = undefined;
    await audit.close();
    expect(JSON.parse(lines.join(''))).toMatchObject({ msg: 'dropped', lines: { [cause]: 2 } });
  });

  test('counts what was still waiting when it closed', async () => {
    const sink = { ...memorySink([]), close: async () => ({ lines: 7, cause: 'write_error' as const }) };
    const { audit, drops } = start({ sink });
    await audit.close();
    expect(drops).toEqual({ write_error: 7 });
  });
});

describe('a line', () => {
  const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

  test.each<[Partial<AuditEntry>, string]>([
    [{ path: '/cards/4111111111111111/charge' }, '/cards/411111******1111/charge'],
    [{ path: '/cards/4111%201111%201111%201111' }, '/cards/411111******1111'],
    [{ path: `/reset/${'a1'.repeat(20)}` }, '/reset/[masked]'],
    [{ path: `/cb/${JWT}` }, '/cb/[masked]'],
    [{ principal: '4111-1111-1111-1111' }, '411111******1111'],
    [{ requestId: '4111111111111111' }, '411111******1111'],
  ])('masks %j', (change, masked) => {
    const { log, lines } = start();
    log({ ...DENY, ...change });
    expect(lines.join('')).toContain(`"${masked}"`);
    expect(lines.join('')).not.toMatch(/4111.{0,3}1111.{0,3}1111|a1a1a1a1|dBjft/);
  });

  test('keeps the id of a configured key as it is', () => {
    const { log, records } = start();
    log({ ...DENY, keyId: '4111111111111111' });
    expect(records()).toMatchObject([{ key_id: '4111111111111111' }]);
  });

  test('shows no digits of a card number that its cut goes through', () => {
    for (let length = 2_020; length < 2_060; length += 1) {
      const { log, records } = start();
      log({ ...DENY, path: `${`/${'a1'.repeat(20)}/`.padEnd(length, '/x')}4111111111111111` });
      expect(records()[0]?.['path']).not.toMatch(/4111111/);
    }
  });

  test('is one line of at most 4096 bytes, whatever the request holds', () => {
    const wild = `/${'\u0000\ud800\n"你'.repeat(1_000)}`;
    const { log, lines } = start();
    const timingsUs = Object.fromEntries(
      Array.from({ length: 99 }, (_, index) => [`${wild}${index}`, index]),
    );
    log({ ...DENY, path: wild, method: wild, source: wild, requestId: wild, principal: wild, timingsUs });
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect(Buffer.byteLength(lines.join(''))).toBeLessThanOrEqual(4_096);
    expect(lines.join('')).toContain('"reason":"unknown_key"');
  });
});

describe('decisionId', () => {
  test('is another each time, and sorts by time', () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => decisionId(1_767_225_600_000 + index));
    expect(new Set(ids).size).toBe(2_000);
    expect([...ids].sort()).toEqual(ids);
  });
});
