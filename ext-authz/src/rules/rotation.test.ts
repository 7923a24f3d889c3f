import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadPolicies } from '@paymesh/common/policy';
import { createFakeClock } from '@paymesh/common/testing';

import { createRemoteKeys, createSecretFiles, keyStates } from '../keys/index.ts';
import { createRuleBook, type LoadedPolicies } from './rule-book.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paymesh-rotation-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const NOW_MS = Date.UTC(2026, 0, 1);

function world() {
  const clock = createFakeClock(NOW_MS);
  const asked: string[] = [];
  const answer = { text: '{"keys":[]}' };
  const remoteKeys = createRemoteKeys({
    fetchText: async ({ url }) => {
      asked.push(url);
      return { kind: 'text', text: answer.text };
    },
    clock,
    schedule: () => () => undefined,
  });
  const book = createRuleBook({
    openSecrets: () => createSecretFiles({}),
    remoteKeys,
    hasRedis: false,
    clock,
  });
  const states = () => {
    const ring = book.current().get('pay/signed')?.verify.keys;
    return ring === undefined ? [] : keyStates(ring, clock.now()).map(({ id, state }) => `${id} ${state}`);
  };
  return { book, clock, asked, answer, states };
}

/** A KeySet of this spec and a SigningPolicy that uses it. */
function documents(
  spec: string,
  { keySet = 'merchants', policy = 'signed', window = '300s' } = {},
): LoadedPolicies {
  const text = `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: ${keySet}, namespace: pay}
spec:
${spec.trim().replaceAll(/^/gm, '  ')}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: ${policy}, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: charge}]
  verify:
    scheme: hmac-sha256
    keys: {from: keyset/${keySet}, id: header(X-Key-Id)}
    cover: [method, path, query, "header(X-Timestamp)", "header(X-Nonce)", bodyDigest]
  replay: {window: ${window}, skew: 30s, nonceStore: embedded, onStoreDown: Deny}
`;
  const loaded = loadPolicies([{ path: join(folder, 'mesh.yaml'), text }]);
  return { documents: loaded.documents, findings: [], hasErrors: false };
}

const pem = () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
const ed = (id: string, more = '') =>
  `  - {id: ${id}, owner: m, algorithm: ed25519, publicKey: {file: ${id}.pem}${more}}`;

describe('rotation of keys in files', () => {
  test('two keys are valid at once, and one is revoked with the next set', async () => {
    await Promise.all(['old', 'new'].map((id) => writeFile(join(folder, `${id}.pem`), pem())));
    const { book, states, clock } = world();
    await book.apply(documents(`keys:\n${ed('old')}`));
    expect(states()).toEqual(['old active']);
    const end = ', notAfter: 2026-01-02T00:00:00Z';
    await book.apply(
      documents(`keys:\n${ed('old', end)}\n${ed('new', ', notBefore: 2026-01-01T00:00:01Z')}`),
    );
    expect(states()).toEqual(['old retiring', 'new pending']);
    clock.advance(1_000);
    expect(states()).toEqual(['old retiring', 'new active']);
    await book.apply(documents(`keys:\n${ed('old', ', revoked: true')}\n${ed('new')}`));
    expect(states()).toEqual(['old revoked', 'new active']);
  });

  test('a key that is half written changes nothing; whole, it is taken at the next look', async () => {
    const [first, second] = [pem(), pem()];
    await writeFile(join(folder, 'a.pem'), first);
    const { book, states } = world();
    await book.apply(documents(`keys:\n${ed('a')}`));
    const before = book.current();
    await writeFile(join(folder, 'a.pem'), second.slice(0, 60));
    expect(await book.refresh()).toMatchObject({ isApplied: false, findings: [{ code: 'PM6101' }] });
    expect(book.current()).toBe(before);
    await writeFile(join(folder, 'a.pem'), second);
    expect(await book.refresh()).toMatchObject({ isApplied: true });
    expect(book.current()).not.toBe(before);
    expect(states()).toEqual(['a active']);
  });

  test('a mounted Secret is swapped as a whole: its keys come and go with one look', async () => {
    const { book, states } = world();
    await mount('..1', { 'a.pem': pem(), 'b.pem': pem() });
    await symlink('..data/a.pem', join(folder, 'a.pem'));
    await symlink('..data/b.pem', join(folder, 'b.pem'));
    await book.apply(documents(`folder: {path: ., algorithm: ed25519, owner: m}`));
    expect(states()).toEqual(['a active', 'b active']);
    expect(await book.refresh()).toBeUndefined();
    await mount('..2', { 'b.pem': pem(), 'c.pem': pem() });
    // As a kubelet does it: the new file is linked before the old link goes, which for a moment leads nowhere.
    await symlink('..data/c.pem', join(folder, 'c.pem'));
    expect(await book.refresh()).toMatchObject({ isApplied: false });
    expect(states()).toEqual(['a active', 'b active']);
    await rm(join(folder, 'a.pem'));
    expect(await book.refresh()).toMatchObject({ isApplied: true });
    expect(states()).toEqual(['b active', 'c active']);
  });

  async function mount(version: string, files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(join(folder, version));
    await Promise.all(
      Object.entries(files).map(([name, text]) => writeFile(join(folder, version, name), text)),
    );
    await symlink(version, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  }
});

describe('remote keys', () => {
  const jwks = (path: string) => `jwks: {url: "https://keys.example/${path}", owner: m}`;
  const setOf = (kid: string) => {
    const { publicKey } = generateKeyPairSync('ed25519');
    return JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] });
  };

  test('are not asked for again when the policies are read again', async () => {
    const { book, asked, answer, states } = world();
    answer.text = setOf('one');
    await book.apply(documents(jwks('a')));
    await book.apply(documents(jwks('a')));
    expect(asked).toEqual(['https://keys.example/a']);
    expect(states()).toEqual(['one active']);
  });

  test('of a set that was refused are let go, and those in force stay', async () => {
    const { book, asked, answer, states } = world();
    answer.text = setOf('one');
    await book.apply(documents(jwks('a')));
    const refused = await book.apply(documents(`keys:\n${ed('missing')}\n${jwks('b')}`));
    expect(refused.isApplied).toBe(false);
    expect(states()).toEqual(['one active']);
    answer.text = setOf('two');
    const ring = book.current().get('pay/signed')?.verify.keys;
    expect((await ring?.lookUp?.('two'))?.id).toBe('two');
    expect(asked).toEqual(['a', 'b', 'a'].map((path) => `https://keys.example/${path}`));
  });

  test('may come to be any: all policies remember nonces as long as the longest', async () => {
    const { book } = world();
    const short = documents(jwks('a'));
    const long = documents(jwks('b'), { keySet: 'others', policy: 'longer', window: '1h' });
    await book.apply({ ...short, documents: [...short.documents, ...long.documents] });
    const rules = [...book.current().values()];
    expect(rules.map(({ rememberMs }) => rememberMs)).toEqual([3_660_000, 3_660_000]);
  });
});
