import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { CommandError } from '../output/index.ts';
import { provideEnvoy } from './provide.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-provide-'));

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const version = (text: string): string => `echo "envoy  version: abc/${text}/Clean/RELEASE/BoringSSL"`;
const silent = (): void => {};

describe('provideEnvoy', () => {
  test('takes the Envoy that PAYMESH_ENVOY names, without a word', async () => {
    const told: string[] = [];
    const named = script('right', version('1.40.0'));
    await expect(provideEnvoy({ PAYMESH_ENVOY: named }, (step) => told.push(step))).resolves.toBe(named);
    expect(told).toEqual([]);
  });

  test('takes another version that PAYMESH_ENVOY names, and says so', async () => {
    const told: string[] = [];
    const named = script('newer', version('1.41.2'));
    await expect(provideEnvoy({ PAYMESH_ENVOY: named }, (step) => told.push(step))).resolves.toBe(named);
    expect(told).toEqual(['PAYMESH_ENVOY is Envoy 1.41.2; what follows was made for 1.40.0']);
  });

  test.each([
    ['nothing', join(folder, 'missing'), 'is not an executable file'],
    ['another program', script('other', 'true'), 'does not tell its version as an Envoy does'],
  ])('refuses %s with one sentence', async (_name, named, sentence) => {
    const error = await provideEnvoy({ PAYMESH_ENVOY: named }, silent).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toContain(sentence);
  });

  test('tells why pip fetched nothing, and leaves nothing behind', async () => {
    script('python3', 'case "$*" in *--version) exit 0;; esac\necho "no route to the index" >&2; exit 1');
    const cache = mkdtempSync(join(tmpdir(), 'paymesh-cache-'));
    const env = { PATH: `${folder}:/usr/bin:/bin`, XDG_CACHE_HOME: cache };
    await expect(provideEnvoy(env, silent)).rejects.toThrow(/no route to the index.*PIP_INDEX_URL/);
    expect(readdirSync(join(cache, 'paymesh/envoy/1.40.0'))).toEqual([]);
  });
});
