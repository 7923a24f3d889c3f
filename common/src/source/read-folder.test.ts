import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { readFolder } from './index.ts';

let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'paymesh-source-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

describe('readFolder', () => {
  test('reads YAML files of all folders, sorted by path, and nothing else', async () => {
    await mkdir(join(dir, 'b'));
    await writeFile(join(dir, 'c.yaml'), 'c');
    await writeFile(join(dir, 'b', 'b.yml'), 'b');
    await writeFile(join(dir, 'README.md'), 'x');
    await writeFile(join(dir, '.hidden.yaml'), 'x');
    expect(await readFolder(dir)).toEqual([
      { path: join(dir, 'b/b.yml'), text: 'b' },
      { path: join(dir, 'c.yaml'), text: 'c' },
    ]);
  });

  test('follows the links of a mounted ConfigMap once', async () => {
    await mkdir(join(dir, '..2026_01'));
    await writeFile(join(dir, '..2026_01', 'a.yaml'), 'a');
    await symlink('..2026_01', join(dir, '..data'));
    await symlink('..data/a.yaml', join(dir, 'a.yaml'));
    expect(await readFolder(dir)).toEqual([{ path: join(dir, 'a.yaml'), text: 'a' }]);
  });

  test('leaves out a link to nothing', async () => {
    await symlink('nowhere', join(dir, 'a.yaml'));
    expect(await readFolder(dir)).toEqual([]);
  });

  test('rejects for a folder that is not there', async () => {
    await expect(readFolder(join(dir, 'none'))).rejects.toThrow('ENOENT');
  });

  test('rejects for a file over the bound', async () => {
    await writeFile(join(dir, 'a.yaml'), 'x'.repeat(1_048_577));
    await expect(readFolder(dir)).rejects.toThrow('at most 1048576 are read');
  });

  test.each([
    ['no text', Buffer.from('a: 1\nb: \xff\xfe\n', 'latin1'), 'b.yaml is not UTF-8'],
    ['a NUL byte', Buffer.from('a: 1\nb: \0\n'), 'b.yaml:2 holds a NUL byte'],
  ])('a file with %s is refused, and named', async (_name, bytes, sentence) => {
    await writeFile(join(dir, 'b.yaml'), bytes);
    await expect(readFolder(dir)).rejects.toThrow(sentence);
  });

  test('ends for a folder that contains itself', async () => {
    await symlink('.', join(dir, 'self'));
    await expect(readFolder(dir)).rejects.toThrow('nested deeper than 16 folders');
  });
});
