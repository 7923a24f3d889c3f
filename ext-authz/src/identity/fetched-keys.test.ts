import { describe, expect, test } from '@jest/globals';

import { JWKS } from '../testing/access.ts';
import { createKeysBehind } from './fetched-keys.ts';

const NOW = 1_000_000;
const URL = 'https://idp.example/jwks';

/** A source that counts, and answers what it is told to. */
function source(answers: readonly (string | Error)[]) {
  let asked = 0;
  const behind = createKeysBehind(async () => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? '';
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { behind, keys: behind(URL, ['RS256']), asked: () => asked };
}

describe('keys behind a URL', () => {
  test('are asked for once, by however many tokens at once', async () => {
    const { keys, asked } = source([JWKS]);
    const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('k1', NOW)));
    expect(found).not.toContain('unavailable');
    expect(asked()).toBe(1);
  });

  test('a flood of unknown kids asks once in 30 seconds', async () => {
    const { keys, asked } = source([JWKS]);
    for (let index = 0; index < 100; index += 1) await keys.find(`stranger-${index}`, NOW + index);
    expect(asked()).toBe(1);
    await keys.find('stranger', NOW + 30_000);
    expect(asked()).toBe(2);
  });

  test.each([
    ['cannot be had', new Error('down')],
    ['is no JWKS', '<html>'],
    ['holds secrets', '{"keys":[{"kty":"oct","k":"AA","kid":"k1"}]}'],
  ])('a set that %s leaves the last one in force', async (_name, answer) => {
    const { keys, asked } = source([JWKS, answer]);
    await keys.find('k1', NOW);
    expect(await keys.find('k2', NOW + 600_000)).not.toBe('unavailable');
    expect(asked()).toBe(2);
  });

  test('without any set there are none', async () => {
    expect(await source([new Error('down')]).keys.find('k1', NOW)).toBe('unavailable');
  });

  test('an old set that has the key does not wait for its successor', async () => {
    let asked = 0;
    const keys = createKeysBehind(() => {
      asked += 1;
      return asked === 1 ? Promise.resolve(JWKS) : new Promise<string>(() => undefined);
    })(URL, ['RS256']);
    await keys.find('k1', NOW);
    expect(await keys.find('k1', NOW + 600_000)).not.toBe('unavailable');
    expect(asked).toBe(2);
  });

  test('are kept while policies come and go', async () => {
    const { behind, keys, asked } = source([JWKS, new Error('down')]);
    await keys.find('k1', NOW);
    expect(await behind(URL, ['RS256']).find('k1', NOW + 1)).not.toBe('unavailable');
    expect(asked()).toBe(1);
    expect(await behind(URL, ['PS256']).find('k1', NOW + 1)).toBe('unavailable');
  });

  test('of sets that nobody asks for any more are forgotten', async () => {
    const { behind, keys, asked } = source([JWKS]);
    await keys.find('k1', NOW);
    for (let index = 0; index < 64; index += 1) behind(`${URL}${index}`, ['RS256']);
    await behind(URL, ['RS256']).find('k1', NOW);
    expect(asked()).toBe(2);
  });
});
