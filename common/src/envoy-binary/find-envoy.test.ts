import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { ENVOY_VERSION, envoyCachePath, findEnvoy, requireEnvoy } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-find-'));

function script(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "envoy  version: abc/${version}/Clean/RELEASE/BoringSSL"\n`);
  chmodSync(path, 0o755);
  return path;
}

const named = script(join(folder, 'named'), ENVOY_VERSION);
const onPath = script(join(folder, 'bin', 'envoy'), ENVOY_VERSION);
const old = script(join(folder, 'old', 'envoy'), '1.30.1');
const cache = { XDG_CACHE_HOME: join(folder, 'cache') };
const cached = script(envoyCachePath(cache), ENVOY_VERSION);

describe('findEnvoy', () => {
  test('takes PAYMESH_ENVOY before everything else', () => {
    expect(findEnvoy({ ...cache, PAYMESH_ENVOY: named, PATH: dirname(onPath) })).toBe(named);
  });

  test('takes the one on PATH before the cached one', () => {
    expect(findEnvoy({ ...cache, PATH: `/nowhere:${dirname(onPath)}` })).toBe(onPath);
  });

  test('passes over another version on PATH', () => {
    expect(findEnvoy({ ...cache, PATH: dirname(old) })).toBe(cached);
  });

  test('throws when PAYMESH_ENVOY is no program', () => {
    expect(() => findEnvoy({ PAYMESH_ENVOY: join(folder, 'missing') })).toThrow('is not an executable file');
  });

  test('requireEnvoy names the three ways to get one', () => {
    const nowhere = { PATH: '/nowhere', XDG_CACHE_HOME: join(folder, 'empty') };
    expect(() => requireEnvoy(nowhere)).toThrow(/PAYMESH_ENVOY.*PATH.*envoy install/);
  });
});
