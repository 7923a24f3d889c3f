import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'paymesh-signing-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Runs the built command, as a user does. */
function paymesh(args: readonly string[], input = '') {
  const run = spawnSync(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const pair = generateKeyPairSync('ed25519');
const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKey = file('p-1.pem', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
mkdirSync(join(folder, 'policies'));
file('policies/p-1.pub.pem', publicPem);
file('policies/k-1.key', Buffer.alloc(32, 'a secret of a test').toString('base64'));
file(
  'policies/policies.yaml',
  `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: partners, namespace: pay}
spec: {keys: [{id: p-1, owner: partner-1, algorithm: ed25519, publicKey: {file: p-1.pub.pem}}]}
---
apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec: {keys: [{id: k-1, owner: merchant-a, secret: {file: k-1.key}}]}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: partners, namespace: pay}
spec: {targetRefs: [{kind: Route, name: r}], verify: {scheme: rfc9421, keys: {from: keyset/partners}, coverage: payment-write}}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: merchants, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: s}]
  verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}
`,
);
const URL = 'https://pay.example/v1/payments?a=1';
const SIGN = [
  '--policy',
  'pay/partners',
  '--private-key',
  privateKey,
  '-X',
  'POST',
  '-d',
  '{"amount":1}',
] as const;

describe('paymesh sign and verify', () => {
  test('a key of a KeySet signs while other policies are broken, and not while its own is', () => {
    const whole = readFileSync(join(folder, 'policies/policies.yaml'), 'utf8');
    const sign = (text: string) => {
      mkdirSync(join(folder, 'broken'), { recursive: true });
      file('broken/policies.yaml', text);
      file('broken/k-1.key', readFileSync(join(folder, 'policies/k-1.key'), 'utf8'));
      return paymesh(['sign', '--config', 'broken', URL]);
    };
    const other = sign(whole.replace('scheme: rfc9421', 'scheme: rfc942'));
    expect(other).toMatchObject({ status: 0, err: '' });
    expect(other.out).toContain('X-Key-Id: k-1');
    const own = sign(whole.replace('owner: merchant-a', 'ownr: merchant-a'));
    expect(own).toMatchObject({ status: 2, out: '' });
    expect(own.err).toContain('broken/policies.yaml:9:');
  });

  test('what sign makes as a policy wants it, verify accepts, and shows the text', () => {
    const signed = paymesh(['sign', ...SIGN, URL]);
    expect(signed).toMatchObject({ status: 0, err: '' });
    const headers = signed.out
      .trim()
      .split('\n')
      .flatMap((line) => ['-H', line]);
    const request = ['verify', '--policy', 'pay/partners', '-X', 'POST', ...headers];
    const right = paymesh([...request, '-d', '{"amount":1}', URL]);
    expect(right.status).toBe(0);
    expect(right.out).toMatch(/decision +allow\nprincipal +partner-1\nkey +p-1\n/);
    expect(right.out).toContain('  "@method": POST\n  "@authority": pay.example\n  "@path": /v1/payments\n');
    const wrong = paymesh([...request, '-d', '{"amount":2}', URL]);
    expect(wrong.status).toBe(1);
    expect(wrong.out).toMatch(/reason +digest_mismatch\n/);
  });

  test('verify shows the first byte in which the client signed another text', () => {
    const fixed = ['--nonce', 'n-0123456789abcdef', '--timestamp', '1767225600'];
    const base = paymesh(['sign', ...SIGN, ...fixed, '--base', URL]).out;
    const theirs = file('theirs.txt', base.replace('"@path": /v1/payments', '"@path": /v1/payment'));
    const headers = paymesh(['sign', ...SIGN, ...fixed, URL])
      .out.trim()
      .split('\n')
      .flatMap((line) => ['-H', line]);
    const { out } = paymesh([
      'verify',
      '--policy',
      'pay/partners',
      '--now',
      '1767225601',
      '--base',
      theirs,
      '-X',
      'POST',
      '-d',
      '{"amount":1}',
      ...headers,
      URL,
    ]);
    expect(out).toContain(
      'First difference at byte 62 (line 3, column 21): expected "s\\n\\"@query\\": ?a=1", the client has "\\n\\"@query\\": ?a=1\\n"',
    );
  });

  test('what sign makes in a scheme, a line of verify --json accepts', () => {
    const signed = paymesh([
      'sign',
      '--scheme',
      'rfc9421',
      '--algorithm',
      'ed25519',
      '--key',
      'p-1',
      '--private-key',
      privateKey,
      '-X',
      'POST',
      '-d',
      '{}',
      '--json',
      URL,
    ]);
    const { method, headers, body } = JSON.parse(signed.out) as Record<string, unknown>;
    const line = {
      id: 'a',
      store: '',
      now: Math.floor(Date.now() / 1_000),
      policy: {
        scheme: 'rfc9421',
        cover: ['"@path"', '"content-digest"'],
        digest: 'required',
        nonce: 'required',
      },
      keys: [{ id: 'p-1', alg: 'ed25519', pem: publicPem }],
      message: {
        method,
        scheme: 'https',
        authority: 'pay.example',
        target: '/v1/payments?a=1',
        headers,
        body,
      },
    };
    const { status, out } = paymesh(
      ['verify', '--json'],
      `${JSON.stringify(line)}\n\n${JSON.stringify({ ...line, id: 'b' })}\nno json\n`,
    );
    expect(status).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text) as object),
    ).toMatchObject([
      { id: 'a', ok: true, code: 'ok', keyid: 'p-1' },
      { id: 'b', ok: false, code: 'replayed_nonce' },
      { id: null, ok: false, code: 'malformed_line' },
    ]);
  });

  test.each([
    [['--policy', 'pay/none', URL], 1, 'has no SigningPolicy pay/none; it has pay/merchants, pay/partners'],
    [['--policy', 'pay/partners', URL], 1, 'key p-1 is ed25519: its private key must be given'],
    [['--policy', 'pay/partners', '--key', 'p-2', URL], 1, 'pay/partners has no key p-2; it has p-1'],
    [['--scheme', 'stripe', URL], 3, '--scheme needs --key'],
    [['--scheme', 'stripe', '--key', 'k', URL], 3, 'either --private-key FILE or --secret FILE'],
    [['--scheme', 'nonsense', URL], 3, 'Allowed choices are hmac, rfc9421'],
  ])('sign %j says what is missing', (args, status, sentence) => {
    const run = paymesh(['sign', ...args]);
    expect(run.status).toBe(status);
    expect(run.err).toContain(sentence);
  });
});

describe('paymesh authz', () => {
  const tests = file(
    'tests.yaml',
    `tests:
  - name: a merchant pays
    policy: pay/merchants
    request: {method: POST, target: /v1/payments, body: '{"amount":1}'}
    sign: {key: k-1}
    expect: {decision: allow, principal: merchant-a}
  - name: twice is a replay
    policy: pay/merchants
    request: {method: POST, target: /v1/payments}
    sign: {key: k-1}
    times: 2
    expect: {decision: deny, reason: replayed_nonce}
  - name: too old
    policy: pay/merchants
    request: {target: /v1/payments}
    sign: {key: k-1}
    after: 301s
    expect: {decision: deny, reason: stale_timestamp}
  - name: another amount
    policy: pay/partners
    request: {method: POST, target: /v1/payments, body: '{"amount":1}'}
    sign: {key: p-1, privateKey: p-1.pem}
    change: {body: '{"amount":2}'}
    expect: {decision: deny, reason: digest_mismatch}
`,
  );

  test('runs a table, and tells what no test covers', () => {
    const { status, out, err } = paymesh(['authz', 'test', tests]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('4 as expected, 0 not');
    expect(out).toMatch(/pay\/merchants +1 +2 +yes\npay\/partners +0 +1 +NO/);
    expect(paymesh(['authz', 'test', tests, '--require-coverage'])).toMatchObject({
      status: 1,
      err: 'not covered: pay/partners\n',
    });
  });

  test('says what came instead, and where a file is wrong', () => {
    const wrong = file(
      'wrong.yaml',
      `tests: [{name: open, policy: pay/merchants, request: {target: /}, expect: {decision: allow}}]\n`,
    );
    const run = paymesh(['authz', 'test', wrong]);
    expect(run.status).toBe(1);
    expect(run.out).toContain('expected allow\n    got      deny missing_signature');
    const broken = file(
      'broken.yaml',
      'tests:\n  - {name: a, policy: pay/merchants, request: {target: /}, expct: {}}\n',
    );
    const refused = paymesh(['authz', 'test', broken]);
    expect(refused.status).toBe(2);
    expect(refused.err).toContain('did you mean "expect"?');
  });

  test('explain decides on a captured check', () => {
    const check = file(
      'check.json',
      JSON.stringify({
        attributes: {
          contextExtensions: { policy: 'pay/merchants' },
          request: { http: { method: 'GET', path: '/v1/payments', host: 'pay.example', scheme: 'https' } },
        },
      }),
    );
    const { status, out } = paymesh(['authz', 'explain', check]);
    expect(status).toBe(1);
    expect(out).toMatch(
      /policy +pay\/merchants\nscheme +hmac, mode Enforce\ndecision +deny\nreason +missing_signature\n/,
    );
    expect(out).toContain('client sees  401 missing_signature');
    expect(paymesh(['authz', 'explain', file('none.json', '{"attributes": 1}')])).toMatchObject({
      status: 1,
      err: expect.stringContaining('expected a CheckRequest in protobuf JSON'),
    });
  });
});
