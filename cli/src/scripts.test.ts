import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

// npm hands signals to the shell in which it runs scripts, and a shell that waits for a program keeps SIGINT to itself.
test.each(['demo', 'test', 'bench'])('npm run %s leaves no shell between npm and the program', (name) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  expect(scripts[name]).toBe(`exec node scripts/${name}.mjs`);
});

test('the set-up tells in one sentence that it cannot write', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'paymesh-setup-'));
  for (const name of ['scripts', 'cli/bin', 'package-lock.json'])
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  writeFileSync(join(checkout, 'node_modules'), 'a file, so that no folder can be made');
  const done = spawnSync(process.execPath, [join(checkout, 'scripts/setup.mjs')], { encoding: 'utf8' });
  expect(done.status).toBe(1);
  expect(done.stderr).toMatch(/^paymesh: cannot install the dependencies in [^\n]* has the disk room\?\n$/);
});
