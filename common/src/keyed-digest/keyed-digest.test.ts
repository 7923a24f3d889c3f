import { describe, expect, test } from '@jest/globals';

import { createKeyedDigest, DIGEST_KEY_BYTES, DIGEST_WORDS, newDigestKey } from './keyed-digest.ts';

function digestOf(key: Uint8Array, text: string): readonly number[] {
  const words = new Uint32Array(DIGEST_WORDS);
  createKeyedDigest(key)(text, words);
  return [...words];
}

describe('createKeyedDigest', () => {
  const key = new Uint8Array(DIGEST_KEY_BYTES);

  test('is the same for the same key and text, in every version', () => {
    expect(digestOf(key, 'a')).toEqual([0x86_96_32_6c, 0x4d_87_82_dd, 0x35_04_cd_8f, 0xe5_6d_4c_f9]);
  });

  test('differs with the key and with the text', () => {
    expect(digestOf(newDigestKey(), 'a')).not.toEqual(digestOf(key, 'a'));
    expect(digestOf(key, 'b')).not.toEqual(digestOf(key, 'a'));
  });

  test('writes from the word that it is told', () => {
    const words = new Uint32Array(DIGEST_WORDS * 2);
    createKeyedDigest(key)('a', words, DIGEST_WORDS);
    expect([...words]).toEqual([0, 0, 0, 0, ...digestOf(key, 'a')]);
  });
});
