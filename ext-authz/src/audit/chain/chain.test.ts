import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';
import * as fc from 'fast-check';

import { createAudit, openAudit, readChainKey, verifyAuditFiles } from '../index.ts';

let folder: string;
let file: string;
let keyFile: string;
const KEY = Buffer.alloc(32, 'key of the chain');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-chain-'));
  file = join(folder, 'audit.log');
  keyFile = join(folder, 'audit.key');
  await writeFile(keyFile, KEY.toString('base64'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that starts, logs so many decisions and ends. */
async function run(decisions: number, change: { chainKeyFile?: string; maxLinesPerSecond?: number } = {}) {
  const { maxLinesPerSecond, ...settings } = change;
  const opened = await openAudit({ file, isChained: true, ...settings }, () => undefined);
  const clock = createFakeClock();
  const audit = createAudit({ ...opened, clock, maxLinesPerSecond, onDropped: () => undefined });
  for (let index = 0; index < decisions; index += 1) {
    clock.advance(1);
    if (!audit.wants('deny')) continue;
    audit.write({ decision: 'deny', policy: 'pay/p', reason: 'bad_signature', path: `/v1/${index}` });
  }
  await audit.close();
}

async function linesOf(path = file): Promise<string[]> {
  return (await readFile(path, 'utf8')).trimEnd().split('\n');
}

async function rewrite(lines: readonly string[]): Promise<void> {
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
}

const verify = async (change: { head?: string; withKey?: boolean; files?: readonly string[] } = {}) =>
  verifyAuditFiles({
    files: change.files ?? [file],
    head: change.head,
    key: change.withKey ? await readChainKey(keyFile) : undefined,
  });

describe('a chained log', () => {
  test('can be followed with nothing but a hash function', async () => {
    await run(3);
    let prev = '0'.repeat(64);
    for (const [index, line] of (await linesOf()).entries()) {
      const body = line.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
      const hash = createHash('sha256').update(Buffer.from(prev, 'hex')).update(body).digest('hex');
      expect(JSON.parse(line)).toMatchObject({ seq: index + 1, prev, hash });
      prev = hash;
    }
  });

  test('of a key is made with HMAC', async () => {
    await run(1, { chainKeyFile: keyFile });
    const [first = ''] = await linesOf();
    const body = first.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
    const hash = createHmac('sha256', KEY).update(Buffer.alloc(32)).update(body).digest('hex');
    expect(JSON.parse(first)).toMatchObject({ msg: 'start', alg: 'hmac-sha256', hash });
  });

  test('is whole: counted, with first and last time and the hash to keep', async () => {
    await run(3);
    const { hash } = JSON.parse((await linesOf()).at(-1) ?? '') as { hash: string };
    expect(await verify()).toMatchObject({
      break: undefined,
      torn: [],
      facts: {
        decisions: 3,
        records: 4,
        starts: 1,
        firstTime: '2026-01-01T00:00:00.000Z',
        lastTime: '2026-01-01T00:00:00.003Z',
        firstSeq: 1,
        lastSeq: 4,
        head: hash,
      },
    });
  });

  test('goes on after a restart', async () => {
    await run(2);
    await run(2);
    expect(await verify()).toMatchObject({
      break: undefined,
      facts: { decisions: 4, starts: 2, lastSeq: 6 },
    });
  });

  test('says how many lines are not in it', async () => {
    await run(10, { maxLinesPerSecond: 4 });
    expect(await verify()).toMatchObject({ break: undefined, facts: { decisions: 4, dropped: { rate: 6 } } });
  });

  test.each([1, 40, 300])(
    'goes on after a crash that left %i bytes of a line, and tells of them',
    async (bytes) => {
      await run(2);
      const [, , third = ''] = await linesOf();
      await appendFile(file, third.slice(0, bytes));
      expect(await verify()).toMatchObject({ break: undefined, torn: [`${file}:4`] });
      await run(1);
      expect(await verify()).toMatchObject({
        break: undefined,
        torn: [`${file}:4`],
        facts: { decisions: 3 },
      });
      await rewrite((await linesOf()).map((line, index) => (index === 3 ? line.replace(/.$/, '#') : line)));
      expect((await verify()).break).toMatchObject({ kind: 'malformed', line: 4 });
    },
  );

  test('begins with a torn line when the first one was', async () => {
    await writeFile(file, '{"time":');
    await run(1);
    expect(await verify()).toMatchObject({ break: undefined, torn: [`${file}:1`], facts: { firstSeq: 1 } });
  });

  test.each(['{"some":"other log"}\n', '{"some":"other log"}\n'.repeat(9_000)])(
    'does not go on in a file of other lines',
    async (text) => {
      await writeFile(file, text);
      await expect(run(1)).rejects.toThrow(`${file} ends in lines without a chain: move it away`);
    },
  );

  test('goes on from file to file', async () => {
    await run(2);
    const older = `${file}.1`;
    const [first = '', second = '', ...rest] = await linesOf();
    await writeFile(older, `${first}\n${second}\n`);
    await rewrite(rest);
    expect(await verify({ files: [older, file] })).toMatchObject({ break: undefined, facts: { records: 3 } });
    expect(await verify()).toMatchObject({ break: undefined, facts: { firstSeq: 3 } });
    expect((await verify({ files: [file, older] })).break).toMatchObject({
      kind: 'new_chain',
      file: older,
      line: 1,
      message: expect.stringContaining('oldest file first'),
    });
    await writeFile(older, `${first}\n${second}\n${rest[0]?.slice(0, 30)}`);
    expect(await verify({ files: [older, file] })).toMatchObject({ break: undefined, torn: [`${older}:3`] });
    await writeFile(older, `${first}\n${second}`);
    await rewrite([second, ...rest]);
    expect(await verify({ files: [older, file] })).toMatchObject({ break: undefined, facts: { records: 3 } });
  });
});

describe('a chain breaks', () => {
  type Lines = readonly string[];
  const at = (lines: Lines, index: number): string => lines[index] ?? '';

  test.each<[string, (lines: Lines) => Lines, object]>([
    [
      'where a line was edited',
      (lines) => lines.with(3, at(lines, 3).replace('bad_signature', 'unknown_key')),
      { kind: 'edited', line: 4, message: expect.stringContaining('record 4 was edited') },
    ],
    [
      'where a hash was edited',
      (lines) =>
        lines.with(
          3,
          at(lines, 3).replace(/(.)"\}$/, (_, digit) => (digit === '0' ? '1"}' : '0"}')),
        ),
      { line: 4 },
    ],
    [
      'where a line was removed',
      (lines) => lines.toSpliced(3, 1),
      { kind: 'removed', line: 4, message: 'record 4 is missing before record 5' },
    ],
    [
      'where lines were removed',
      (lines) => lines.toSpliced(3, 2),
      { kind: 'removed', line: 4, message: 'records 4 to 5 are missing before record 6' },
    ],
    [
      'where a line was doubled',
      (lines) => lines.toSpliced(3, 0, at(lines, 2)),
      { kind: 'inserted', line: 4 },
    ],
    [
      'where an older line was put',
      (lines) => lines.toSpliced(5, 0, at(lines, 1)),
      { kind: 'inserted', line: 6 },
    ],
    [
      'where lines changed places',
      (lines) => lines.with(3, at(lines, 4)).with(4, at(lines, 3)),
      { kind: 'reordered', line: 4, message: expect.stringContaining('audit.log:5') },
    ],
    [
      'where a line of another kind was put',
      (lines) => lines.toSpliced(3, 0, '{"a":1}'),
      { kind: 'malformed', line: 4 },
    ],
    ['where a line is empty', (lines) => lines.toSpliced(3, 0, ''), { kind: 'malformed', line: 4 }],
    ['at a long line', (lines) => lines.toSpliced(3, 0, 'x'.repeat(1e6)), { kind: 'malformed', line: 4 }],
    ['at the end, of garbage', (lines) => [...lines, 'x'], { kind: 'malformed', line: 8 }],
    ['when nothing is left', () => [], { kind: 'empty' }],
  ])('%s', async (_name, bend, expected) => {
    await run(6);
    await rewrite(bend(await linesOf()));
    expect((await verify()).break).toMatchObject({ file, ...expected });
  });

  test('after a line that was edited and sealed anew without the next', async () => {
    await run(3);
    const forged = (await linesOf()).slice(0, 3).map((line) => line.replace('/v1/1', '/v1/9'));
    const [, , last = ''] = forged;
    const body = last.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
    const { prev } = JSON.parse(last) as { prev: string };
    const hash = createHash('sha256').update(prev, 'hex').update(body).digest('hex');
    await rewrite((await linesOf()).with(2, `${body.slice(0, -1)},"hash":"${hash}"}`));
    expect((await verify()).break).toMatchObject({
      kind: 'replaced',
      line: 4,
      message: expect.stringContaining(`${file}:3`),
    });
  });

  test('where another begins', async () => {
    await run(2);
    const before = await linesOf();
    rmSync(file);
    await run(2);
    await rewrite([...before, ...(await linesOf())]);
    expect((await verify()).break).toMatchObject({ kind: 'new_chain', line: 4 });
  });

  test('when its end was cut off, if its last hash is known', async () => {
    await run(4);
    const head = (await verify()).facts.head ?? '';
    await run(1);
    expect(await verify({ head })).toMatchObject({ break: undefined });
    await rewrite((await linesOf()).slice(0, 3));
    expect(await verify()).toMatchObject({ break: undefined });
    expect((await verify({ head })).break).toMatchObject({ kind: 'truncated', line: 3 });
  });

  test('for who has not its key', async () => {
    await run(2, { chainKeyFile: keyFile });
    expect(await verify({ withKey: true })).toMatchObject({ break: undefined });
    expect((await verify()).break).toMatchObject({
      kind: 'wrong_key',
      message: expect.stringContaining('--key FILE'),
    });
    await writeFile(keyFile, Buffer.alloc(32, 'another key').toString('base64'));
    expect((await verify({ withKey: true })).break).toMatchObject({ kind: 'edited', line: 1 });
  });

  test('for who gives a key to one without', async () => {
    await run(2);
    expect((await verify({ withKey: true })).break).toMatchObject({ kind: 'wrong_key', line: 1 });
  });

  test('whatever byte is changed, but for an end that was cut off', async () => {
    await run(5, { chainKeyFile: keyFile });
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (place, flip) => {
          const bent = Buffer.from(whole);
          bent[place] = (bent[place] ?? 0) ^ flip;
          await writeFile(file, bent);
          const { break: found, facts, torn } = await verify({ withKey: true });
          // The last line feed alone is not of a record: without it the line is whole, or torn.
          if (place === whole.length - 1) expect(found ?? torn[0]).toBeDefined();
          else expect(found ?? { torn, facts }).toHaveProperty('kind');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('where bytes were changed to others that are no UTF-8 either', async () => {
    const opened = await openAudit({ file, isChained: true }, () => undefined);
    const audit = createAudit({ ...opened, clock: createFakeClock(), onDropped: () => undefined });
    audit.write({ decision: 'deny', policy: 'pay/p', reason: 'bad_signature', path: '/\ufffd/你' });
    await audit.close();
    expect(await verify()).toMatchObject({ break: undefined });
    const bent = (await readFile(file)).toString('latin1').replace('\u00ef\u00bf\u00bd', '\u00ff');
    await writeFile(file, bent, 'latin1');
    expect((await verify()).break).toMatchObject({ kind: 'edited', line: 2 });
  });

  test('nowhere at the last line without its line feed', async () => {
    await run(2);
    await truncate(file, (await readFile(file)).byteLength - 1);
    expect(await verify()).toMatchObject({ break: undefined, torn: [], facts: { records: 3 } });
    await run(1);
    expect(await verify()).toMatchObject({ break: undefined, facts: { decisions: 3 } });
  });
});
