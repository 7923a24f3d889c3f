import { describe, expect, test } from '@jest/globals';

import { makeKey } from './keys.ts';
import { makeShot } from './make-shot.ts';
import { createOracle } from './oracle.ts';
import { WINDOW_MS } from './policies.ts';
import { createRandom } from './random.ts';
import { type Sender, senders } from './senders.ts';
import { encode, type Shot } from './shot.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function signed(sender: Sender) {
  const random = createRandom(3);
  const key = makeKey(sender.key, random);
  const shot = makeShot({ sender, key, random, serial: 1, signedMs: NOW_MS });
  const oracle = createOracle(senders, 10);
  const original = oracle.sign({ sender, shot, bytes: encode(shot), signedMs: NOW_MS });
  return { oracle, original, shot };
}

function judge({ oracle }: ReturnType<typeof signed>, shot: Shot, nowMs = NOW_MS) {
  return oracle.judgeAllow(encode(shot), nowMs);
}

describe.each(senders)('an allow of $name', (sender) => {
  test('is right once, and once more for the same request of the proxy', () => {
    const world = signed(sender);
    const { oracle, original, shot } = world;
    expect(oracle.mustAllow(original, NOW_MS)).toBe(true);
    expect(oracle.judgeReplay(encode(shot))).toContain('not used');
    expect(judge(world, shot)).toBeUndefined();
    expect(judge(world, shot, NOW_MS + 1_999)).toBeUndefined();
    expect(oracle.judgeReplay(encode(shot))).toBeUndefined();
    expect(judge(world, { ...shot, stream: 2 }, NOW_MS + 1_999)).toContain('was used');
    expect(judge(world, shot, NOW_MS + 2_001)).toContain('was used');
    expect(oracle.mustAllow(original, NOW_MS)).toBe(false);
  });

  test('is wrong with another body or policy', () => {
    const world = signed(sender);
    const text = world.shot.body.toString();
    const body = Buffer.from(text.replace(/\d+/g, (digits) => `${digits}9`));
    expect(judge(world, { ...world.shot, body })).toContain('never signed');
    expect(judge(world, { ...world.shot, policy: undefined })).toContain('never signed');
  });

  test('is wrong after the window where there is a time', () => {
    const world = signed(sender);
    const late = judge(world, world.shot, NOW_MS + WINDOW_MS + 10_000);
    if (sender.isTimed) expect(late).toContain('signed');
    else expect(late).toBeUndefined();
  });
});

test('an oracle forgets beyond its bound', () => {
  const sender = senders.find(({ name }) => name === 'hmac');
  if (sender === undefined) throw new Error('no such sender');
  const random = createRandom(3);
  const key = makeKey(sender.key, random);
  const oracle = createOracle(senders, 1);
  const [first, second] = [1, 2].map((serial) => {
    const shot = makeShot({ sender, key, random, serial, signedMs: NOW_MS });
    return oracle.sign({ sender, shot, bytes: encode(shot), signedMs: NOW_MS });
  });
  expect(oracle.judgeAllow(first?.bytes ?? new Uint8Array(), NOW_MS)).toContain('never signed');
  expect(oracle.judgeAllow(second?.bytes ?? new Uint8Array(), NOW_MS)).toBeUndefined();
});
