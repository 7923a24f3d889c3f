import { describe, expect, test } from '@jest/globals';

import { hashTag, keySlot } from './key-slot.ts';

describe('keySlot', () => {
  test.each([
    ['123456789', 0x31c3],
    ['foo', 12_182],
    ['{foo}.bar', 12_182],
    ['', 0],
  ])('"%s" is in slot %i', (key, slot) => {
    expect(keySlot(key)).toBe(slot);
  });

  test.each([
    ['{user1000}.following', 'user1000'],
    ['foo{}{bar}', 'foo{}{bar}'],
    ['foo{{bar}}zap', '{bar'],
    ['foo{bar}{zap}', 'bar'],
    ['foo{bar', 'foo{bar'],
    ['}{', '}{'],
  ])('of "%s" counts "%s", as the Redis Cluster Specification says', (key, tag) => {
    expect(hashTag(key)).toBe(tag);
  });
});
