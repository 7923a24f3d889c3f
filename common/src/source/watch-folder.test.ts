import { mkdir, mkdtemp, open, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { eventually } from '../testing/index.ts';
import { type FolderWatch, type SourceFile, type WatchFolderOptions, watchFolder } from './index.ts';

/** Long enough that no test is saved by the safety net, but for those of the net itself. */
const NO_POLL_MS = 3_600_000;

let dir = '';
let watch: FolderWatch | undefined;
let sets: Record<string, string>[] = [];
let errors: string[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'paymesh-watch-'));
  await writeFile(join(dir, 'a.yaml'), 'one');
  sets = [];
  errors = [];
});

afterEach(async () => {
  await watch?.close();
  await rm(dir, { recursive: true, force: true });
});

async function start(options: Partial<WatchFolderOptions> = {}): Promise<void> {
  watch = watchFolder({
    dir,
    onFiles: (files) => void sets.push(byName(files)),
    onError: (error) => errors.push(error.message),
    pollMs: NO_POLL_MS,
    ...options,
  });
  await eventually(() => expect(sets).toHaveLength(1));
}

function byName(files: readonly SourceFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, text }) => [path.slice(dir.length + 1), text]));
}

/** Does what a kubelet does: the files into a folder of their own, then one swap of a link. */
async function mountVersion(version: number, names: readonly string[]): Promise<void> {
  await mkdir(join(dir, `..v${version}`));
  for (const name of names) await writeFile(join(dir, `..v${version}`, name), `${version}`);
  await symlink(`..v${version}`, join(dir, '..data_tmp'));
  await rename(join(dir, '..data_tmp'), join(dir, '..data'));
}

const lastIs = (set: Record<string, string>): Promise<void> =>
  eventually(() => expect(sets.at(-1)).toEqual(set), { everyMs: 1 });

describe('watchFolder', () => {
  test('gives the complete set at the start and after a change', async () => {
    await start();
    expect(sets).toEqual([{ 'a.yaml': 'one' }]);
    await writeFile(join(dir, 'b.yaml'), 'two');
    await lastIs({ 'a.yaml': 'one', 'b.yaml': 'two' });
    await unlink(join(dir, 'a.yaml'));
    await lastIs({ 'b.yaml': 'two' });
    expect(errors).toEqual([]);
  });

  test('does not repeat the set that the caller knows', async () => {
    const known = [{ path: join(dir, 'a.yaml'), text: 'one' }];
    watch = watchFolder({ dir, known, onFiles: (files) => void sets.push(byName(files)), onError: () => {} });
    await writeFile(join(dir, 'a.yaml'), 'two');
    await lastIs({ 'a.yaml': 'two' });
    expect(sets).toHaveLength(1);
  });

  test('tells of a saved file in a few milliseconds', async () => {
    await start();
    const took: number[] = [];
    for (const round of [1, 2, 3, 4, 5]) {
      const before = performance.now();
      await writeFile(join(dir, 'a.yaml'), `round ${round}`);
      await lastIs({ 'a.yaml': `round ${round}` });
      took.push(performance.now() - before);
    }
    // The goal is 20 ms; the best of five on a machine that may be busy.
    expect(Math.min(...took)).toBeLessThan(40);
  });

  test('sees a file that an editor writes beside and renames', async () => {
    await start();
    await writeFile(join(dir, '.a.yaml.swp'), 'two');
    await rename(join(dir, '.a.yaml.swp'), join(dir, 'a.yaml'));
    await lastIs({ 'a.yaml': 'two' });
  });

  test('sees files of folders that are made later', async () => {
    await start();
    await mkdir(join(dir, 'x/y'), { recursive: true });
    await writeFile(join(dir, 'x/y/b.yaml'), 'b');
    await lastIs({ 'a.yaml': 'one', 'x/y/b.yaml': 'b' });
    await writeFile(join(dir, 'x/y/b.yaml'), 'c');
    await lastIs({ 'a.yaml': 'one', 'x/y/b.yaml': 'c' });
    await rm(join(dir, 'x'), { recursive: true });
    await lastIs({ 'a.yaml': 'one' });
  });

  test('sees each swap of a mounted ConfigMap in one step', async () => {
    const names = ['a.yaml', 'b.yaml'];
    await unlink(join(dir, 'a.yaml'));
    await mountVersion(1, names);
    for (const name of names) await symlink(join('..data', name), join(dir, name));
    await start({ debounceMs: 0 });
    for (let version = 2; version <= 50; version++) {
      await mountVersion(version, names);
      await lastIs({ 'a.yaml': `${version}`, 'b.yaml': `${version}` });
    }
    expect(sets).toEqual(
      Array.from({ length: 50 }, (_, index) => ({ 'a.yaml': `${index + 1}`, 'b.yaml': `${index + 1}` })),
    );
  });

  test('waits for a file that is emptied and then written', async () => {
    await start();
    const file = await open(join(dir, 'a.yaml'), 'w');
    await new Promise((resolve) => setTimeout(resolve, 40));
    await file.writeFile('two');
    await file.close();
    await lastIs({ 'a.yaml': 'two' });
    expect(sets).toEqual([{ 'a.yaml': 'one' }, { 'a.yaml': 'two' }]);
  });

  test('believes in the end that a file is empty', async () => {
    await start();
    await writeFile(join(dir, 'a.yaml'), '');
    await lastIs({ 'a.yaml': '' });
  });

  test('says nothing when a file is saved unchanged', async () => {
    await start();
    await writeFile(join(dir, 'a.yaml'), 'one');
    await writeFile(join(dir, 'b.yaml'), 'two');
    await lastIs({ 'a.yaml': 'one', 'b.yaml': 'two' });
    expect(sets).toHaveLength(2);
  });

  test('never runs two calls at once and misses no change meanwhile', async () => {
    let running = 0;
    let most = 0;
    await start({
      onFiles: async (files) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 30));
        sets.push(byName(files));
        running--;
      },
    });
    for (const text of ['2', '3', '4']) {
      await writeFile(join(dir, 'a.yaml'), text);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await lastIs({ 'a.yaml': '4' });
    expect(most).toBe(1);
  });

  test('tells once that the folder is gone, and sees it come back', async () => {
    await start({ pollMs: 20 });
    await rm(dir, { recursive: true });
    await eventually(() => expect(errors).toHaveLength(1));
    await mkdir(dir);
    await writeFile(join(dir, 'a.yaml'), 'back');
    await lastIs({ 'a.yaml': 'back' });
    expect(errors).toEqual([expect.stringContaining('ENOENT')]);
  });

  test('gives the same set again when it could not be read for a while', async () => {
    await start({ pollMs: 20 });
    await rename(dir, `${dir}-away`);
    await eventually(() => expect(errors).toHaveLength(1));
    await rename(`${dir}-away`, dir);
    await eventually(() => expect(sets).toEqual([{ 'a.yaml': 'one' }, { 'a.yaml': 'one' }]));
  });

  test('the safety net sees a change behind a link, of which no event tells', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'paymesh-elsewhere-'));
    await writeFile(join(elsewhere, 'b.yaml'), 'b');
    await symlink(join(elsewhere, 'b.yaml'), join(dir, 'b.yaml'));
    await start({ pollMs: 20 });
    await writeFile(join(elsewhere, 'b.yaml'), 'changed');
    await lastIs({ 'a.yaml': 'one', 'b.yaml': 'changed' });
    await rm(elsewhere, { recursive: true });
  });

  test('each failing onFiles is told and does not end the watch', async () => {
    await start({
      onFiles: (files) => {
        sets.push(byName(files));
        if (sets.length > 1) throw new Error('not applied');
      },
    });
    await writeFile(join(dir, 'a.yaml'), 'two');
    await eventually(() => expect(errors).toEqual(['not applied']));
    await writeFile(join(dir, 'a.yaml'), 'three');
    await eventually(() => expect(errors).toEqual(['not applied', 'not applied']));
    expect(sets.at(-1)).toEqual({ 'a.yaml': 'three' });
  });

  test('hands on the very objects of files that have not changed', async () => {
    const given: (readonly SourceFile[])[] = [];
    await writeFile(join(dir, 'b.yaml'), 'same');
    await start({
      onFiles: (files) => {
        given.push(files);
        sets.push(byName(files));
      },
    });
    await writeFile(join(dir, 'a.yaml'), 'two');
    await lastIs({ 'a.yaml': 'two', 'b.yaml': 'same' });
    expect(given[1]?.[1]).toBe(given[0]?.[1]);
  });

  test('sees writes of equal size that follow each other at once', async () => {
    await start({ debounceMs: 0 });
    for (let round = 10; round < 60; round++) {
      await writeFile(join(dir, 'a.yaml.new'), String(round));
      await rename(join(dir, 'a.yaml.new'), join(dir, 'a.yaml'));
      await writeFile(join(dir, 'a.yaml'), String(round + 1));
    }
    await lastIs({ 'a.yaml': '60' });
  });

  test('is silent after close', async () => {
    await start({ pollMs: 5 });
    await watch?.close();
    const seen: string[] = [];
    watch = watchFolder({
      dir,
      onFiles: ([file]) => void seen.push(file?.text ?? ''),
      onError: (error) => errors.push(error.message),
      pollMs: 5,
    });
    await writeFile(join(dir, 'a.yaml'), 'two');
    await eventually(() => expect(seen.at(-1)).toBe('two'));
    expect(sets).toHaveLength(1);
  });
});
