import { describe, expect, test } from '@jest/globals';

import { JWKS } from '../testing/access.ts';
import { fetchedKeys } from './fetched-keys.ts';

const NOW = 1_000_000;

/** A source that counts, and answers what it is told to. */
function source(answers: readonly (string | Error)[]) {
  let asked = 0;
  const keys = fetchedKeys({
    url: 'https://idp.example/jwks',
    algorithms: ['RS256'],
    fetchText: async () => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? '';
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { keys, asked: () => asked };
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
    const keys = fetchedKeys({
      url: 'https://idp.example/jwks',
      algorithms: ['RS256'],
      fetchText: () => {
        asked += 1;
        return asked === 1 ? Promise.resolve(JWKS) : new Promise<string>(() => undefined);
      },
    });
    await keys.find('k1', NOW);
    expect(await keys.find('k1', NOW + 600_000)).not.toBe('unavailable');
    expect(asked).toBe(2);
  });
});
