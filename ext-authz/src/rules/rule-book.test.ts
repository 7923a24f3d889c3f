import { describe, expect, test } from '@jest/globals';
import type { DocumentOf, HmacVerifySpec, PolicyDocument } from '@paymesh/common/policy';
import { createFakeClock } from '@paymesh/common/testing';

import type { SecretFiles } from '../keys/index.ts';
import { createRuleBook, type LoadedPolicies } from './rule-book.ts';

const AT = { file: 'a.yaml', line: 3, column: 1 };

function book(files: Record<string, string> = { 'a.key': 'AB'.repeat(22) }) {
  const clock = createFakeClock();
  const openSecrets = (): SecretFiles => {
    const before = JSON.stringify(files);
    return {
      readVariable: () => undefined,
      readFile: async (path) => files[path] ?? Promise.reject(Object.assign(new Error(), { code: 'ENOENT' })),
      listFolder: async () => Object.keys(files),
      hasChanged: async () => JSON.stringify(files) !== before,
    };
  };
  return { book: createRuleBook({ openSecrets, hasRedis: false, clock }), clock, files };
}

describe('createRuleBook', () => {
  test('is empty at first, so that everything is denied', () => {
    expect(book().book.current().size).toBe(0);
  });

  test('puts a whole set in force', async () => {
    const { book: rules } = book();
    expect(await rules.apply(set(keySet(), policy('one'), policy('two')))).toEqual({
      isApplied: true,
      findings: [],
    });
    expect([...rules.current().keys()]).toEqual(['pay/one', 'pay/two']);
    expect(rules.current().get('pay/one')?.verify.keys.get('k')?.owner).toBe('merchant-a');
  });

  test('reads covered headers in the order of the policy, without those that have a line of their own', async () => {
    const { book: rules } = book();
    const cover = ['method', 'header(X-Nonce)', 'header(X-B)', 'header(X-Timestamp)', 'header(X-A)'] as const;
    await rules.apply(set(keySet(), policy('one', { cover })));
    expect(rules.current().get('pay/one')?.verify.profile).toMatchObject({ signedHeaders: ['x-b', 'x-a'] });
  });

  test('remembers nonces as long as the longest policy with the same keys', async () => {
    const { book: rules } = book();
    const short = policy('short', { windowMs: 60_000 });
    await rules.apply(set(keySet(), short));
    expect(rules.current().get('pay/short')?.rememberMs).toBe(120_000);
    await rules.apply(set(keySet(), short, policy('long')));
    expect(rules.current().get('pay/short')?.rememberMs).toBe(360_000);
  });

  test('remembers nonces as long as the longest policy with the same secret in another KeySet', async () => {
    const { book: rules } = book();
    const short = policy('short', { windowMs: 60_000 });
    await rules.apply(set(keySet(), keySet('a.key', 'copies'), short, policy('long', { keys: 'copies' })));
    expect(rules.current().get('pay/short')?.rememberMs).toBe(360_000);
  });

  test.each<[string, LoadedPolicies]>([
    ['with an error of any kind of document', { ...set(keySet(), policy('two')), hasErrors: true }],
    ['with a key that cannot be read', set(keySet('none.key'), policy('two'))],
    ['with a key that is too short', set(keySet('short.key'), policy('two'))],
    [
      'that wants Redis where there is none',
      set(keySet(), policy('one'), policy('two', { nonceStore: 'redis' })),
    ],
    ['without the KeySet', set(policy('two'))],
    ['of nothing', set()],
  ])('refuses a set %s and keeps the last good one', async (_name, loaded) => {
    const { book: rules } = book({ 'a.key': 'AB'.repeat(22), 'short.key': 'QUJD' });
    await rules.apply(set(keySet(), policy('one')));
    const before = rules.current();
    expect((await rules.apply(loaded)).isApplied).toBe(false);
    expect(rules.current()).toBe(before);
  });

  test('names what is in force alike wherever the documents stand', async () => {
    const { book: rules } = book();
    expect(rules.revision()).toBe('');
    await rules.apply(set(keySet(), policy('one')));
    const first = rules.revision();
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    const elsewhere = { file: 'z.yaml', line: 9, column: 9 };
    await rules.apply(set(keySet(), { ...policy('one'), at: elsewhere }));
    expect(rules.revision()).toBe(first);
    await rules.apply(set(keySet('none.key'), policy('two')));
    expect(rules.revision()).toBe(first);
    await rules.apply(set(keySet(), policy('one', { windowMs: 60_000 })));
    expect(rules.revision()).not.toBe(first);
  });

  test('takes an empty set at first', async () => {
    expect((await book().book.apply(set())).isApplied).toBe(true);
  });

  test('does not read the keys of a KeySet that no policy uses', async () => {
    expect((await book().book.apply(set(keySet('none.key')))).isApplied).toBe(true);
  });

  test('applies a removed policy for 10 s more, for proxies that still ask for it', async () => {
    const { book: rules, clock } = book();
    await rules.apply(set(keySet(), policy('one'), policy('two')));
    await rules.apply(set(keySet(), policy('one')));
    clock.advance(9_999);
    await rules.refresh();
    expect(rules.current().has('pay/two')).toBe(true);
    clock.advance(1);
    await rules.refresh();
    expect([...rules.current().keys()]).toEqual(['pay/one']);
  });

  test('enforces a policy that was switched off for 10 s more, and no longer', async () => {
    const { book: rules, clock } = book();
    await rules.apply(set(keySet(), policy('one')));
    await rules.apply(set(keySet(), policy('one', { mode: 'Off' })));
    expect(rules.current().get('pay/one')?.mode).toBe('Enforce');
    clock.advance(10_000);
    await rules.refresh();
    expect(rules.current().get('pay/one')?.mode).toBe('Off');
  });

  test('a policy that is switched on again within that time is the new one', async () => {
    const { book: rules, clock } = book();
    await rules.apply(set(keySet(), policy('one')));
    await rules.apply(set(keySet(), policy('one', { mode: 'Off' })));
    await rules.apply(set(keySet(), policy('one', { cover: ['header(X-New)'] })));
    clock.advance(20_000);
    await rules.refresh();
    expect(rules.current().get('pay/one')).toMatchObject({
      mode: 'Enforce',
      verify: { profile: { signedHeaders: ['x-new'] } },
    });
  });

  test('a policy that comes back within that time is the new one', async () => {
    const { book: rules, clock } = book();
    await rules.apply(set(keySet(), policy('one'), policy('two')));
    await rules.apply(set(keySet(), policy('one')));
    await rules.apply(set(keySet(), policy('one'), policy('two', { cover: ['header(X-New)'] })));
    clock.advance(20_000);
    await rules.refresh();
    expect(rules.current().get('pay/two')?.verify.profile).toMatchObject({ signedHeaders: ['x-new'] });
  });

  test('takes a key file that changed, and one that was missing when it comes', async () => {
    const { book: rules, files } = book({});
    expect((await rules.apply(set(keySet(), policy('one')))).isApplied).toBe(false);
    expect(await rules.refresh()).toBeUndefined();
    files['a.key'] = 'AB'.repeat(22);
    expect(await rules.refresh()).toMatchObject({ isApplied: true });
    const before = rules.current().get('pay/one')?.verify.keys.get('k')?.key;
    files['a.key'] = 'BA'.repeat(22);
    await rules.refresh();
    expect(
      rules
        .current()
        .get('pay/one')
        ?.verify.keys.get('k')
        ?.key.equals(before ?? never()),
    ).toBe(false);
  });

  test('takes sets one after another: the last given wins', async () => {
    const { book: rules } = book();
    await Promise.all([
      rules.apply(set(keySet(), policy('one'))),
      rules.apply(set()),
      rules.apply(set(keySet(), policy('three'))),
    ]);
    expect([...rules.current().keys()].at(-1)).toBe('pay/three');
  });
});

function never(): never {
  throw new Error('no key');
}

function set(...documents: readonly PolicyDocument[]): LoadedPolicies {
  return { documents, findings: [], hasErrors: false };
}

function envelope(name: string) {
  const metadata = { name, namespace: 'pay', labels: {}, annotations: {} };
  return { metadata, at: AT, positions: new Map<string, typeof AT>() };
}

function keySet(path = 'a.key', name = 'merchants'): DocumentOf<'KeySet'> {
  const key = {
    id: 'k',
    owner: 'merchant-a',
    algorithm: 'hmac-sha256',
    secret: { kind: 'file', path },
    revoked: false,
  } as const;
  return { kind: 'KeySet', ...envelope(name), spec: { keys: [key] } };
}

type Cover = HmacVerifySpec['cover'];

interface PolicyChange {
  readonly cover?: Cover;
  readonly nonceStore?: 'embedded' | 'redis';
  readonly windowMs?: number;
  readonly mode?: 'Enforce' | 'Off';
  readonly keys?: string;
}

function policy(
  name: string,
  {
    cover = [],
    nonceStore = 'embedded',
    windowMs = 300_000,
    mode = 'Enforce',
    keys = 'merchants',
  }: PolicyChange = {},
): DocumentOf<'SigningPolicy'> {
  return {
    kind: 'SigningPolicy',
    ...envelope(name),
    spec: {
      targetRefs: [],
      mode,
      priority: 0,
      verify: {
        scheme: 'hmac-sha256',
        keys: { keySet: { namespace: 'pay', name: keys }, idHeader: 'X-Key-Id' },
        timestampHeader: 'x-timestamp',
        nonceHeader: 'x-nonce',
        signatureHeader: 'x-signature',
        cover,
      },
      replay: { windowMs, skewMs: 30_000, nonceStore, onStoreDown: 'Deny', minNonce: 16 },
      maxBodyBytes: 65_536,
      denial: 'Problem',
    },
  };
}
