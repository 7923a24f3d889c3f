import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { createSecretFiles } from './secret-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paymesh-secrets-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('createSecretFiles', () => {
  test('has not changed while its files are as they were read', async () => {
    await write('a.key', 'one');
    const secrets = createSecretFiles({});
    expect(await secrets.readFile('a.key', join(folder, 'mesh.yaml'))).toBe('one');
    expect(await secrets.hasChanged()).toBe(false);
  });

  test.each<[string, () => Promise<void>]>([
    ['written', () => write('a.key', 'other')],
    ['removed', () => rm(join(folder, 'a.key'))],
  ])('has changed when a file is %s while others are still being read', async (_name, change) => {
    await write('a.key', 'one');
    await write('b.key', 'two');
    const secrets = createSecretFiles({});
    await secrets.readFile('a.key', join(folder, 'mesh.yaml'));
    await change();
    await secrets.readFile('b.key', join(folder, 'mesh.yaml'));
    expect(await secrets.hasChanged()).toBe(true);
  });

  test('has changed when a file that was missing is made', async () => {
    const secrets = createSecretFiles({});
    await expect(secrets.readFile('a.key', join(folder, 'mesh.yaml'))).rejects.toThrow('ENOENT');
    expect(await secrets.hasChanged()).toBe(false);
    await write('a.key', 'one');
    expect(await secrets.hasChanged()).toBe(true);
  });
});

function write(name: string, text: string): Promise<void> {
  return writeFile(join(folder, name), text);
}
