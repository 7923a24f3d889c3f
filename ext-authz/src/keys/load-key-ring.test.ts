import { generateKeyPairSync, hash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { findingLine } from '@paymesh/common/policy';
import { createFakeClock } from '@paymesh/common/testing';

import { loadKeyRing } from './load-key-ring.ts';
import { createRemoteKeys, fetchText } from './remote/index.ts';
import { EC_CERTIFICATE } from './testing/certificates.ts';
import { keySetOf } from './testing/key-set.ts';

const SHORT = Buffer.from('0123456789abcdef');
const LONG = Buffer.alloc(65, 'key');
const ed = generateKeyPairSync('ed25519');
const PEM = ed.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const PRIVATE_PEM = ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const otherPem = () =>
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Files by path, and variables by name. */
type Texts = Readonly<Record<string, string>>;

function load(spec: string, texts: Texts, nowMs?: number) {
  const gone = () => Promise.reject(Object.assign(new Error(), { code: 'ENOENT' }));
  return loadKeyRing(keySetOf(spec), {
    secrets: {
      readVariable: (name) => texts[name],
      readFile: (path) => (texts[path] === undefined ? gone() : Promise.resolve(texts[path])),
      listFolder: async (path) => {
        const names = Object.keys(texts).filter((name) => name.startsWith(`${path}/`));
        return names.length === 0 ? gone() : names.map((name) => name.slice(path.length + 1));
      },
    },
    lease: createRemoteKeys({ fetchText, clock: createFakeClock(nowMs) }).lease(),
  });
}

const linesOf = ({ findings }: Awaited<ReturnType<typeof load>>) => findings.map(findingLine);

describe('loadKeyRing', () => {
  test('takes keys whose secrets sign differently', async () => {
    const { ring, findings } = await twoSecrets(SHORT, LONG);
    expect([...ring.values()].map(({ id }) => id)).toEqual(['one', 'other']);
    expect(findings).toEqual([]);
  });

  test.each([
    ['the same secret', SHORT, SHORT],
    ['a secret with zeros after it, as HMAC pads it', SHORT, Buffer.concat([SHORT, Buffer.alloc(4)])],
    ['a long secret and its hash, which HMAC takes for it', LONG, hash('sha256', LONG, 'buffer')],
  ])('refuses %s', async (_name, one, other) => {
    const { findings } = await twoSecrets(one, other);
    expect(findings).toEqual([expect.objectContaining({ code: 'PM6002', got: 'the secret of key "one"' })]);
  });

  test('reads secrets as their encoding says', async () => {
    const stripe = 'whsec_0123456789abcdefghijklmn';
    const { ring, findings } = await load(
      `
keys:
  - {id: hex, owner: m, secret: {env: HEX, encoding: hex}}
  - {id: text, owner: m, secret: {file: stripe.txt, encoding: text}}`,
      { HEX: SHORT.toString('hex').toUpperCase(), 'stripe.txt': `${stripe}\n` },
    );
    expect(findings).toEqual([]);
    expect(ring.get('hex')?.key.export()).toEqual(SHORT);
    expect(ring.get('text')?.key.export()).toEqual(Buffer.from(stripe));
  });

  test('reads public keys; the dates of a certificate bound those of the key', async () => {
    const { ring, findings } = await load(
      `
keys:
  - {id: a, owner: m, algorithm: ed25519, publicKey: {env: A}, revoked: true}
  - {id: b, owner: m, algorithm: ecdsa-p256, publicKey: {file: b.crt}, notBefore: 2026-03-01T00:00:00Z, notAfter: 2030-01-01T00:00:00Z}`,
      { A: PEM, 'b.crt': EC_CERTIFICATE },
    );
    expect(findings).toEqual([]);
    expect(ring.get('a')).toMatchObject({ algorithm: 'ed25519', isRevoked: true });
    expect(ring.get('b')).toMatchObject({
      algorithm: 'ecdsa-p256-sha256',
      notBeforeMs: Date.UTC(2026, 2, 1),
      notAfterMs: Date.UTC(2027, 1, 6),
    });
  });

  test('reads a folder: a file for each key, without what a mounted Secret has beside them', async () => {
    const folder = 'folder: {path: /run/keys, algorithm: ed25519, owner: m}';
    const { ring, findings } = await load(
      `keys: [{id: c, owner: x, algorithm: ed25519, publicKey: {env: C}, revoked: true}]\n${folder}`,
      {
        C: otherPem(),
        '/run/keys/a.2026.pem': PEM,
        '/run/keys/b': otherPem(),
        '/run/keys/c.pem': 'not looked at: keys has this id',
        '/run/keys/..data': '',
      },
    );
    expect(findings).toEqual([]);
    expect([...ring.values()].map(({ id, owner }) => `${id} ${owner}`)).toEqual(['c x', 'a.2026 m', 'b m']);
  });

  const of = (key: string) => `keys: [{id: a, owner: m, ${key}}]`;
  const secret = of('secret: {env: A}');
  const text = of('secret: {env: A, encoding: text}');
  const ed25519 = of('algorithm: ed25519, publicKey: {env: A}');
  const folder = 'folder: {path: /k, algorithm: ed25519, owner: m}';

  test.each<[string, string, Texts, string]>([
    [
      'a variable that is not set',
      secret,
      {},
      '5:36 error PM6001 KeySet pay/merchants spec.keys[0].secret: expected base64 text of a secret; got environment variable A is not set',
    ],
    [
      'a file that is not there',
      of('secret: {file: x}'),
      {},
      '5:36 error PM6001 KeySet pay/merchants spec.keys[0].secret: expected base64 text of a secret; got file x cannot be read (ENOENT)',
    ],
    [
      'a short secret',
      secret,
      { A: 'QUJD' },
      '5:36 error PM6001 KeySet pay/merchants spec.keys[0].secret: expected base64 text of 16 to 1024 bytes; got 3 bytes',
    ],
    [
      'half a hex digit',
      of('secret: {env: A, encoding: hex}'),
      { A: 'a'.repeat(33) },
      '5:36 error PM6001 KeySet pay/merchants spec.keys[0].secret: expected hex text of 16 to 1024 bytes; got text that is not hex',
    ],
    [
      'a sentence',
      text,
      { A: 'please put the secret here' },
      '5:36 error PM6001 KeySet pay/merchants spec.keys[0].secret: expected plain text of 16 to 1024 bytes; got text that is not one word of ASCII',
    ],
    [
      'a placeholder',
      text,
      { A: 'x'.repeat(32) },
      '5:36 error PM6108 KeySet pay/merchants spec.keys[0].secret: expected a secret of random bytes; got 32 equal bytes',
    ],
    [
      'a public key that is not there',
      ed25519,
      {},
      '5:59 error PM6101 KeySet pay/merchants spec.keys[0].publicKey: expected PEM or a JWK; got environment variable A is not set',
    ],
    [
      'half a public key',
      ed25519,
      { A: PEM.slice(0, 70) },
      '5:59 error PM6101 KeySet pay/merchants spec.keys[0].publicKey: expected one PEM block, PUBLIC KEY or CERTIFICATE; got text of another form',
    ],
    [
      'a private key',
      ed25519,
      { A: PRIVATE_PEM },
      '5:59 error PM6102 KeySet pay/merchants spec.keys[0].publicKey: expected one PEM block, PUBLIC KEY or CERTIFICATE; got a private key',
    ],
    [
      'a key of another type',
      of('algorithm: rsa-pss-sha512, publicKey: {env: A}'),
      { A: PEM },
      '5:66 error PM6103 KeySet pay/merchants spec.keys[0].publicKey: expected a public key of rsa-pss-sha512; got a key of type ed25519',
    ],
    [
      'a key on another curve',
      of('algorithm: ecdsa-p384, publicKey: {env: A}'),
      { A: EC_CERTIFICATE },
      '5:62 error PM6106 KeySet pay/merchants spec.keys[0].publicKey: expected a key on the curve of ecdsa-p384-sha384; got prime256v1',
    ],
    [
      'dates that the certificate has not',
      of('algorithm: ecdsa-p256, publicKey: {env: A}, notAfter: 2026-01-01T00:00:00Z'),
      { A: EC_CERTIFICATE },
      '5:62 error PM6109 KeySet pay/merchants spec.keys[0].publicKey: expected dates that overlap with those of the certificate; got no time in both',
    ],
    [
      'one public key under two ids',
      'keys:\n  - {id: a, owner: m, algorithm: ed25519, publicKey: {env: A}}\n  - {id: b, owner: n, algorithm: ed25519, publicKey: {env: A}}',
      { A: PEM },
      '7:56 error PM6110 KeySet pay/merchants spec.keys[1].publicKey: expected a public key of its own for every key; got the public key of key "a"',
    ],
    [
      'a folder that is not there',
      folder,
      {},
      '5:18 error PM6111 KeySet pay/merchants spec.folder.path: expected a folder of key files; got folder /k cannot be read (ENOENT)',
    ],
    [
      'a file whose name is no id',
      folder,
      { '/k/a b.pem': PEM },
      '5:18 error PM6111 KeySet pay/merchants spec.folder.path: expected files whose names are ids of keys; got "a b.pem"',
    ],
    [
      'two files of one id',
      folder,
      { '/k/a.pem': PEM, '/k/a.crt': otherPem() },
      '5:18 error PM6111 KeySet pay/merchants spec.folder.path: expected one file for every id; got "a.pem", whose id another file has too',
    ],
    [
      'a file that is no key',
      folder,
      { '/k/a.pem': 'x' },
      '5:18 error PM6101 KeySet pay/merchants spec.folder.path: expected one PEM block, PUBLIC KEY or CERTIFICATE; got text of another form in file a.pem',
    ],
    [
      'one key in two files',
      folder,
      { '/k/a.pem': PEM, '/k/b.pem': PEM },
      '5:18 error PM6110 KeySet pay/merchants spec.folder.path: expected a public key of its own for every key; got the public key of key "a"',
    ],
  ])('tells of %s where it was typed', async (_name, spec, texts, line) => {
    const lines = linesOf(await load(spec, texts));
    expect(lines).toEqual([`/mesh/keys.yaml:${line}`]);
  });

  test.each([
    [
      'expires soon',
      '2027-01-31T00:00:00Z',
      '',
      ['PM4008 that of key "a", which expires at 2027-02-06T00:00:00.000Z'],
    ],
    [
      'is over',
      '2027-02-06T00:00:00Z',
      '',
      ['PM4007 that of key "a", which expired at 2027-02-06T00:00:00.000Z'],
    ],
    ['is far from its end', '2027-01-01T00:00:00Z', '', []],
    ['is of a revoked key', '2027-02-07T00:00:00Z', ', revoked: true', []],
    ['ends after the key', '2027-01-31T00:00:00Z', ', notAfter: 2027-02-05T00:00:00Z', []],
  ])('warns of a certificate that %s', async (_name, now, more, told) => {
    const spec = `keys: [{id: a, owner: m, algorithm: ecdsa-p256, publicKey: {env: A}${more}}]`;
    const { findings } = await load(spec, { A: EC_CERTIFICATE }, Date.parse(now));
    expect(findings.map(({ code, got }) => `${code} ${got}`)).toEqual(told);
  });
});

function twoSecrets(one: Buffer, other: Buffer) {
  return load(
    `
keys:
  - {id: one, owner: merchant-a, secret: {env: ONE}}
  - {id: other, owner: merchant-a, secret: {env: OTHER}}`,
    { ONE: one.toString('base64'), OTHER: other.toString('base64') },
  );
}
