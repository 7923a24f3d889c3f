import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';

import { showProgress } from './audit-progress.ts';

const paymesh = join(import.meta.dirname, '../../bin/paymesh.mjs');
const folder = mkdtempSync(join(tmpdir(), 'paymesh-audit-cli-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A chain as anybody can make it from its description, and not by the code under test. */
function chain(records: number): readonly string[] {
  let prev = '0'.repeat(64);
  return Array.from({ length: records }, (_, index) => {
    const time = new Date(Date.UTC(2026, 0, 1) + index).toISOString();
    const body = `{"time":"${time}","msg":"decision","decision":"deny","seq":${index + 1},"prev":"${prev}"}`;
    const hash = createHash('sha256').update(prev, 'hex').update(body).digest('hex');
    prev = hash;
    return `${body.slice(0, -1)},"hash":"${hash}"}`;
  });
}

function write(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

function verify(args: readonly string[], input = '') {
  const run = spawnSync(process.execPath, [paymesh, 'audit', 'verify', ...args], { encoding: 'utf8', input });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const LINES = chain(5);
const HEAD = /"hash":"([0-9a-f]{64})"/.exec(LINES.at(-1) ?? '')?.[1] ?? '';

describe('paymesh audit verify', () => {
  test('says that a chain is whole, with count, times and last hash, and nothing on a pipe of errors', () => {
    expect(verify([write('whole', LINES)])).toEqual({
      status: 0,
      out: `OK 5 records (5 decisions, 0 starts), 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:00.004Z\nhead ${HEAD}\n`,
      err: '',
    });
  });

  test('says where it breaks and what differs, and ends with 1', () => {
    const file = write('removed', LINES.toSpliced(2, 1));
    const { status, out } = verify([file]);
    expect(status).toBe(1);
    expect(out).toContain(`BROKEN ${file}:3 removed: record 3 is missing before record 4\n`);
    expect(out).toContain('before it: 2 records');
  });

  test('follows rotated files, and says when the first ones are missing', () => {
    const files = [write('log.1', LINES.slice(0, 3)), write('log', LINES.slice(3))];
    expect(verify(files).out).toContain('OK 5 records');
    expect(verify(files.slice(1)).out).toContain('begins with record 4: what is before was not looked at');
  });

  test('sees a cut end when it knows the last hash', () => {
    const file = write('cut', LINES.slice(0, 4));
    expect(verify([file]).status).toBe(0);
    expect(verify([file, '--head', HEAD])).toMatchObject({
      status: 1,
      out: expect.stringContaining('truncated'),
    });
    expect(verify([write('whole', LINES), '--head', HEAD.toUpperCase()]).status).toBe(0);
  });

  test('prints JSON, also of standard input', () => {
    const whole = verify(['-', '--json'], `${LINES.join('\n')}\n`);
    expect(JSON.parse(whole.out)).toMatchObject({
      schemaVersion: 1,
      ok: true,
      records: 5,
      head: HEAD,
      torn: [],
    });
    const broken = verify(['-', '--json'], `${LINES.toReversed().join('\n')}\n`);
    expect(broken.status).toBe(1);
    expect(JSON.parse(broken.out)).toMatchObject({
      ok: false,
      break: { file: '-', line: 2, kind: 'inserted' },
    });
  });

  test.each([
    [['--head', 'abc', 'x'], 3, 'expected 64 hexadecimal digits'],
    [[], 3, "missing required argument 'file'"],
    [[join(folder, 'none')], 1, 'cannot read'],
    [[write('whole', LINES), '--key', join(folder, 'none')], 1, 'cannot read the key of the audit chain'],
    [[write('whole', LINES), '--key', write('short', ['AAAA'])], 1, 'is 3 bytes: expected base64'],
  ])('%j ends with %i and says why', (args, code, message) => {
    const { status, out, err } = verify(args);
    expect({ status, out }).toEqual({ status: code, out: '' });
    expect(err).toContain(message);
  });
});

describe('paymesh ext-authz', () => {
  test.each([['--audit-chain'], ['--audit-chain-key', 'x'], ['--audit-allow-sample', 'many']])(
    '%s alone is wrong usage',
    (...flags) => {
      const args = [paymesh, 'ext-authz', '--config', folder, ...flags];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect(status).toBe(3);
      expect(stderr).toMatch(/--audit-file PATH|whole number/);
    },
  );
});

test('progress is one line of a terminal, and no byte elsewhere', () => {
  for (const isTTY of [true, false]) {
    const written: string[] = [];
    const progress = showProgress({ isTTY, write: (text) => written.push(text) }, 1_000, 0);
    progress.show(410, 7);
    progress.clear();
    expect(written).toEqual(isTTY ? ['\r\u001b[K41 %, 7 lines', '\r\u001b[K'] : []);
  }
});
