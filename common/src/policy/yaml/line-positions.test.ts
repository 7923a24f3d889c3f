import { describe, expect, test } from '@jest/globals';
import { assert, nat, property, string } from 'fast-check';

import { composeYaml } from './compose-yaml.ts';
import { createLinePositions } from './line-positions.ts';

describe('createLinePositions', () => {
  test('agrees with cutting the text at its line ends', () => {
    assert(
      property(string({ unit: 'binary' }), string({ unit: 'binary' }), nat({ max: 5 }), (a, b, ends) => {
        const before = `${a}${'\n'.repeat(ends)}${b}`;
        const lines = before.split('\n');
        expect(createLinePositions(`${before}\nafter`)(before.length)).toEqual({
          line: lines.length,
          column: (lines.at(-1) ?? '').length + 1,
        });
      }),
    );
  });

  test('a file that begins with an alias as a key has its findings on their lines', () => {
    const [, second] = composeYaml({ path: 'p.yaml', text: '*a: b\nc: 1\n---\nd: 1\nd: 2\n' });
    expect(second?.findings).toMatchObject([{ code: 'PM1002', at: { line: 5, column: 1 } }]);
  });
});
