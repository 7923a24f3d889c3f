import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { readPolicies, readPolicyFiles } from './read-policies.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-read-'));
const file = join(folder, 'file');
writeFileSync(file, '');
mkdirSync(join(folder, 'empty'));
mkdirSync(join(folder, 'broken'));
writeFileSync(join(folder, 'broken/a.yaml'), 'kind: Nothing\n');

describe('readPolicyFiles', () => {
  test.each([
    ['a folder that is not there', join(folder, 'missing'), 'there is no such folder'],
    ['a file', file, 'it is a file'],
    ['a folder without policies', join(folder, 'empty'), 'holds no .yaml or .yml file'],
  ])('tells of %s', async (_name, dir, sentence) => {
    await expect(readPolicyFiles(dir)).rejects.toThrow(sentence);
  });
});

describe('readPolicies', () => {
  test('ends with exit code 2 and the findings', async () => {
    await expect(readPolicies(join(folder, 'broken'))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('a.yaml:1:1'),
    });
  });
});
