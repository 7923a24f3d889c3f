import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { findHelm, helmCachePath, installHelm, requireHelm } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-helm-'));

function script(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const named = script(join(folder, 'named'), 'echo v4.3.1');
const onPath = script(join(folder, 'bin/helm'), 'echo v3.22');
const old = script(join(folder, 'old/helm'), 'echo v2.17.0');
const cache = { XDG_CACHE_HOME: join(folder, 'cache') };
const cached = script(helmCachePath(cache), 'echo v3.22');
const nowhere = { PATH: '/nowhere', XDG_CACHE_HOME: join(folder, 'empty') };

describe('findHelm', () => {
  test.each([
    ['PAYMESH_HELM before everything else', { ...cache, PAYMESH_HELM: named, PATH: dirname(onPath) }, named],
    ['the one on PATH before the cached one', { ...cache, PATH: `/nowhere:${dirname(onPath)}` }, onPath],
    ['the cached one before another version on PATH', { ...cache, PATH: dirname(old) }, cached],
    ['nothing where there is none', nowhere, undefined],
  ])('takes %s', (_what, env, expected) => {
    expect(findHelm(env)).toBe(expected);
  });

  test.each([join(folder, 'missing'), old])('throws when PAYMESH_HELM is no helm: %s', (path) => {
    expect(() => findHelm({ PAYMESH_HELM: path })).toThrow('which is no helm 3 or 4');
  });

  test('requireHelm names the three ways to get one', () => {
    expect(() => requireHelm(nowhere)).toThrow(/PAYMESH_HELM.*PATH.*helm install/);
  });
});

describe('installHelm', () => {
  const silent = (): void => {};

  test('takes the one that is there', async () => {
    await expect(installHelm({ PAYMESH_HELM: named }, silent)).resolves.toBe(named);
  });

  test('says that Go is missing', async () => {
    await expect(installHelm(nowhere, silent)).rejects.toThrow('no Go to build it with: install Go');
  });

  test('tells why Go built nothing, and leaves nothing behind', async () => {
    script(join(folder, 'go/go'), '[ "$1" = version ] && exit 0; echo "no route to the proxy" >&2; exit 1');
    const env = { PATH: `${join(folder, 'go')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'none') };
    await expect(installHelm(env, silent)).rejects.toThrow(/no route to the proxy.*GOPROXY/);
    expect(readdirSync(dirname(helmCachePath(env)))).toEqual([]);
  });

  test('puts what Go built into the cache', async () => {
    script(
      join(folder, 'works/go'),
      '[ "$1" = version ] && exit 0; printf "#!/bin/sh\\necho v3.22\\n" > "$GOBIN/helm"; chmod +x "$GOBIN/helm"',
    );
    const env = { PATH: `${join(folder, 'works')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'filled') };
    await expect(installHelm(env, silent)).resolves.toBe(helmCachePath(env));
    expect(findHelm(env)).toBe(helmCachePath(env));
  });
});
