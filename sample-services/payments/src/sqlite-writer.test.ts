import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'libsql';

import { createSqliteWriter, type SqliteWriter } from './sqlite-writer.ts';

let folder: string;
let database: Database.Database;
let other: Database.Database;
let writer: SqliteWriter;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-writer-'));
  database = new Database(join(folder, 'x.db'), { timeout: 2 });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
  other = new Database(join(folder, 'x.db'), { timeout: 2 });
  writer = createSqliteWriter(database);
});

afterEach(() => {
  database.close();
  other.close();
  rmSync(folder, { recursive: true });
});

function add(n: number): Promise<number> {
  return writer.write(() => database.prepare('INSERT INTO numbers VALUES (?)').run(n).changes);
}

function numbers(): unknown {
  return other.prepare('SELECT n FROM numbers ORDER BY n').all();
}

describe('createSqliteWriter', () => {
  test('commits before it tells so', async () => {
    expect(await add(1)).toBe(1);
    expect(numbers()).toEqual([{ n: 1 }]);
  });

  test('waits for the lock of another connection without holding up the program', async () => {
    other.exec('BEGIN IMMEDIATE');
    const written = Promise.all([add(1), add(2), add(3)]);
    const later = new Promise<string>((resolve) => setTimeout(() => resolve('the program goes on'), 20));
    expect(await Promise.race([written, later])).toBe('the program goes on');
    other.exec('COMMIT');
    expect(await written).toEqual([1, 1, 1]);
    expect(numbers()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test('takes a write that follows at once on another', async () => {
    for (let n = 1; n <= 5; n += 1) await add(n);
    expect(numbers()).toHaveLength(5);
  });

  test('takes back only the writes of an operation that fails', async () => {
    const failing = writer.write(() => {
      database.exec('INSERT INTO numbers VALUES (9)');
      throw new Error('no');
    });
    const results = await Promise.allSettled([add(1), failing, add(2), add(1), add(3)]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(numbers()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test('rejects what waits when the lock never comes, and works again afterwards', async () => {
    other.exec('BEGIN IMMEDIATE');
    const results = await Promise.allSettled([add(1), add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    other.exec('COMMIT');
    expect(await add(3)).toBe(1);
    expect(numbers()).toEqual([{ n: 3 }]);
  });

  test('rejects the whole batch, and goes on, when an error has ended the transaction, as a full disk does', async () => {
    const before = add(1);
    const full = writer.write(() => {
      database.exec('ROLLBACK');
      throw new Error('the disk is full');
    });
    await expect(full).rejects.toThrow('the disk is full');
    await expect(before).rejects.toThrow('the disk is full');
    expect(await add(2)).toBe(1);
    expect(numbers()).toEqual([{ n: 2 }]);
  });
});
