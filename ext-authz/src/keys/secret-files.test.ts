import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
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

describe('a mounted Secret', () => {
  // Kubernetes swaps the link `..data`, and with it all files at once.
  test('has changed when its link is swapped, and then gives the new text', async () => {
    await mount('..2026_01', 'one');
    await symlink('..data/a.key', join(folder, 'a.key'));
    const before = createSecretFiles({});
    expect(await before.readFile('a.key', join(folder, 'mesh.yaml'))).toBe('one');
    expect(await before.listFolder('.', join(folder, 'mesh.yaml'))).toContain('a.key');
    expect(await before.hasChanged()).toBe(false);
    await mount('..2026_02', 'other');
    expect(await before.hasChanged()).toBe(true);
    expect(await createSecretFiles({}).readFile('a.key', join(folder, 'mesh.yaml'))).toBe('other');
  });

  test('has changed when a file comes to its folder', async () => {
    await write('a.key', 'one');
    const secrets = createSecretFiles({});
    await secrets.listFolder('.', join(folder, 'mesh.yaml'));
    expect(await secrets.hasChanged()).toBe(false);
    await write('b.key', 'two');
    expect(await secrets.hasChanged()).toBe(true);
  });

  async function mount(version: string, text: string): Promise<void> {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'a.key'), text);
    await symlink(version, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  }
});
