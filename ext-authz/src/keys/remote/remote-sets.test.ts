import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';

import { afterEach, describe, expect, test } from '@jest/globals';
import { findingLine } from '@paymesh/common/policy';
import { createFakeClock } from '@paymesh/common/testing';

import { type KeyRing, keyState } from '../key-ring.ts';
import { loadKeyRing } from '../load-key-ring.ts';
import { PLATFORM_CERTIFICATES } from '../testing/certificates.ts';
import { startHttpServer } from '../testing/http-server.ts';
import { keySetOf } from '../testing/key-set.ts';
import { certificatesAnswer, testWechatPay } from '../testing/wechat-pay.ts';
import { fetchText } from './fetch-text.ts';
import { createRemoteKeys, type RemoteLease } from './remote-keys.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';
const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
const TEXTS: Readonly<Record<string, string>> = {
  V3: `${API_V3_KEY}\n`,
  OTHER_V3: API_V3_KEY.toLowerCase().replace('0', 'x'),
  SHORT: '0123456789abcdef',
  MERCHANT: pem(merchant.privateKey),
  ED: pem(generateKeyPairSync('ed25519').privateKey),
};

/** A server whose answer the test holds, and the sets that are read from it. */
async function world(first = '') {
  const answer = { status: 200, text: first };
  const seen: (readonly [string, string])[] = [];
  const server = await startHttpServer(({ url = '', headers }, response) => {
    seen.push([url, headers.authorization ?? '']);
    response.writeHead(answer.status);
    response.end(answer.text);
  });
  const clock = createFakeClock();
  const timers = new Set<() => void>();
  const remote = createRemoteKeys({
    fetchText,
    wechatPay: testWechatPay,
    clock,
    // Refreshes happen when the test says so; requests wait as long as they must.
    schedule: (work, ms) => {
      if (ms >= 4_000) timers.add(work);
      return () => void timers.delete(work);
    },
  });
  closing.push(
    () => remote.close(),
    () => server.close(),
  );
  const load = async (spec: string, lease: RemoteLease = remote.lease()) =>
    loadKeyRing(keySetOf(spec.replaceAll('URL', server.url)), {
      secrets: {
        readVariable: (name) => TEXTS[name],
        readFile: () => Promise.reject(new Error('no files here')),
        listFolder: () => Promise.reject(new Error('no folders here')),
      },
      lease,
    });
  const refresh = async () => {
    for (const work of [...timers]) work();
    // A source that has taken its answer waits for the next refresh.
    timers.clear();
    while (timers.size === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { answer, seen, server, clock, remote, load, refresh };
}

const find = async (ring: KeyRing, id: string) => ring.lookUp?.(id);
const idsOf = (ring: KeyRing) => [...ring.values()].map(({ id }) => id);

describe('a set of a JWKS URL', () => {
  const one = jwk('one');
  const two = jwk('two');
  const SPEC = 'jwks: {url: URL/jwks.json, owner: merchant-a, algorithms: [ed25519]}';

  test('has the keys of the answer; two are valid at once, and one that is taken back is gone with the next', async () => {
    const { answer, load, refresh, clock } = await world(set(one));
    const { ring, findings } = await load(SPEC);
    expect(findings).toEqual([]);
    expect(ring.get('one')).toMatchObject({ owner: 'merchant-a', algorithm: 'ed25519' });
    answer.text = set(one, two);
    await refresh();
    expect(idsOf(ring)).toEqual(['one', 'two']);
    for (const key of ring.values()) expect(keyState(key, clock.now())).toBe('active');
    answer.text = set(two);
    await refresh();
    expect(idsOf(ring)).toEqual(['two']);
  });

  test('finds a new key by its unknown id with one request more, however many ask', async () => {
    const { answer, load, server } = await world(set(one));
    const { ring } = await load(SPEC);
    answer.text = set(one, two);
    const asked = [
      ...Array.from({ length: 20 }, () => find(ring, 'two')),
      ...Array.from({ length: 200 }, (_, n) => find(ring, `flood-${n}`)),
    ];
    expect((await Promise.all(asked)).filter((key) => key !== undefined)).toHaveLength(20);
    await Promise.all(Array.from({ length: 200 }, (_, n) => find(ring, `more-${n}`)));
    expect(server.count()).toBe(2);
  });

  test.each([
    ['garbage', 200, '<html>'],
    ['an error', 503, set()],
  ])('keeps the last good keys when %s is answered, until they are stale', async (_name, status, text) => {
    const { answer, load, refresh, clock } = await world(set(one));
    const { ring } = await load(SPEC);
    Object.assign(answer, { status, text });
    await refresh();
    const state = () => {
      const key = ring.get('one');
      return key === undefined ? 'gone' : keyState(key, clock.now());
    };
    expect(state()).toBe('active');
    clock.advance(86_400_001);
    expect(state()).toBe('expired');
    Object.assign(answer, { status: 200, text: set(one) });
    await refresh();
    expect(state()).toBe('active');
  });

  test('is taken without keys when its server is down, with a warning, and has them later', async () => {
    const { answer, load, refresh } = await world();
    answer.status = 500;
    const { ring, findings } = await load(SPEC);
    expect(findings.map(findingLine)).toEqual([
      '/mesh/keys.yaml:5:9 warning PM6120 KeySet pay/merchants spec.jwks: expected a source that gives its keys; got it answered with status 500',
    ]);
    expect(idsOf(ring)).toEqual([]);
    Object.assign(answer, { status: 200, text: set(one) });
    await refresh();
    expect(idsOf(ring)).toEqual(['one']);
  });

  test('warns of what it leaves out', async () => {
    const { load } = await world(JSON.stringify({ keys: [one, { kty: 'oct', kid: 'x', k: 'AAAA' }] }));
    const { ring, findings } = await load(SPEC);
    expect(idsOf(ring)).toEqual(['one']);
    expect(findings.map(findingLine)).toEqual([
      '/mesh/keys.yaml:5:9 warning PM6121 KeySet pay/merchants spec.jwks: expected keys that can be used; got keys[1]: expected a JWK of a public key; got a symmetric key',
    ]);
  });

  test('is asked once by two sets of policies, and lives as long as one has it', async () => {
    const { load, remote, server, answer } = await world(set(one));
    const [first, second] = [remote.lease(), remote.lease()];
    const { ring } = await load(SPEC, first);
    await load(SPEC, second);
    expect(server.count()).toBe(1);
    first.release();
    answer.text = set(two);
    expect((await ring.lookUp?.('two'))?.id).toBe('two');
    second.release();
    expect(await ring.lookUp?.('three')).toBeUndefined();
    expect(server.count()).toBe(2);
  });

  test('cannot bring back a key that the document revokes, nor give it another name', async () => {
    const { load } = await world(set(one, { ...two, kid: 'renamed' }));
    const { ring } = await load(`
keys:
  - {id: one, owner: merchant-a, algorithm: ed25519, publicKey: {env: ONE}, revoked: true}
  - {id: two, owner: merchant-b, algorithm: ed25519, publicKey: {env: TWO}, revoked: true}
${SPEC}`);
    expect(ring.get('one')?.isRevoked).toBe(true);
    expect(ring.get('renamed')).toBeUndefined();
    expect(await ring.lookUp?.('renamed')).toBeUndefined();
    expect(idsOf(ring)).toEqual(['one', 'two']);
  });

  function jwk(kid: string) {
    const { publicKey } = generateKeyPairSync('ed25519');
    Object.assign(TEXTS, { [kid.toUpperCase()]: JSON.stringify(publicKey.export({ format: 'jwk' })) });
    return { ...publicKey.export({ format: 'jwk' }), kid };
  }

  function set(...keys: readonly object[]): string {
    return JSON.stringify({ keys });
  }
});

describe('a set of the certificates of WeChat Pay', () => {
  const [a, b] = PLATFORM_CERTIFICATES;
  const specOf = (v3: string, privateKey = 'MERCHANT') =>
    `wechatCertificates: {url: URL/v3/certificates, merchant: {mchid: "1900000001", serial: 3775B6A45ACD588826D15E583A95F5DD, privateKey: {env: ${privateKey}}}, apiV3Key: {env: ${v3}}}`;

  test('asks as the merchant, and has a key for each certificate by its serial number', async () => {
    const { load, seen, clock } = await world(certificatesAnswer([a, b], API_V3_KEY));
    const { ring, findings } = await load(specOf('V3'));
    expect(findings).toEqual([]);
    expect(idsOf(ring)).toEqual([a.serial, b.serial]);
    expect(ring.get(a.serial)).toMatchObject({
      owner: 'wechatpay',
      algorithm: 'rsa-v1_5-sha256',
      notBeforeMs: Date.UTC(2026, 0, 1),
      notAfterMs: Date.UTC(2030, 11, 31),
    });
    const [target = '', authorization = ''] = seen[0] ?? [];
    const signature = /signature="(.*)"$/.exec(authorization)?.[1] ?? '';
    const signed = `GET\n${target}\n${clock.now() / 1_000}\nnonce\n\n`;
    expect(verify('sha256', Buffer.from(signed), merchant.publicKey, Buffer.from(signature, 'base64'))).toBe(
      true,
    );
  });

  test('finds the next certificate by its unknown serial number', async () => {
    const { answer, load } = await world(certificatesAnswer([a], API_V3_KEY));
    const { ring } = await load(specOf('V3'));
    answer.text = certificatesAnswer([a, b], API_V3_KEY);
    expect((await ring.lookUp?.(b.serial))?.id).toBe(b.serial);
  });

  test.each([
    ['another APIv3 key', certificatesAnswer([a], API_V3_KEY.replace('0', '9'))],
    ['no certificates', '{"code":"SIGN_ERROR","message":"no"}'],
    ['no JSON', ''],
  ])('keeps what it has when the answer is of %s', async (_name, text) => {
    const { answer, load, refresh } = await world(certificatesAnswer([a], API_V3_KEY));
    const { ring } = await load(specOf('V3'));
    answer.text = text;
    await refresh();
    expect(idsOf(ring)).toEqual([a.serial]);
    const { findings } = await load(specOf('V3'));
    expect(findings.map(({ code, got }) => `${code} ${got}`)).toEqual(['PM6120 the answer cannot be used']);
  });

  test('keeps what it has when the merchant changes a credential and the next answer is bad', async () => {
    const { load, remote } = await world(certificatesAnswer([a], API_V3_KEY));
    const before = remote.lease();
    await load(specOf('V3'), before);
    const { ring, findings } = await load(specOf('OTHER_V3'));
    before.release();
    expect(findings.map(({ code }) => code)).toEqual(['PM6120']);
    expect(idsOf(ring)).toEqual([a.serial]);
  });

  test('leaves out a certificate under another serial number', async () => {
    const { load } = await world(certificatesAnswer([{ ...a, serial: b.serial }, b], API_V3_KEY));
    const { ring, findings } = await load(specOf('V3'));
    expect(idsOf(ring)).toEqual([b.serial]);
    expect(findings.map(({ code, got }) => `${code} ${got}`)).toEqual([
      `PM6121 certificate ${b.serial}: expected the serial number of the certificate; got another`,
    ]);
  });

  test.each([
    [
      'a short APIv3 key',
      specOf('SHORT'),
      '5:163 error PM6122 KeySet pay/merchants spec.wechatCertificates.apiV3Key: expected the APIv3 key: 32 characters of visible ASCII; got 16 characters',
    ],
    [
      'no APIv3 key',
      specOf('NONE'),
      '5:163 error PM6122 KeySet pay/merchants spec.wechatCertificates.apiV3Key: expected the APIv3 key: 32 characters of visible ASCII; got environment variable NONE is not set',
    ],
    [
      'a private key of another type',
      specOf('V3', 'ED'),
      '5:136 error PM6122 KeySet pay/merchants spec.wechatCertificates.merchant.privateKey: expected the PEM of an RSA private key; got text of another form',
    ],
    [
      'no private key',
      specOf('V3', 'V3'),
      '5:136 error PM6122 KeySet pay/merchants spec.wechatCertificates.merchant.privateKey: expected the PEM of an RSA private key; got text of another form',
    ],
  ])('refuses %s, and repeats nothing of it', async (_name, spec, line) => {
    const { load } = await world();
    const { findings } = await load(spec);
    const lines = findings.map(findingLine).map((text) => text.replace(/:5:\d+ /, ':5:0 '));
    expect(lines).toEqual([`/mesh/keys.yaml:${line.replace(/^5:\d+ /, '5:0 ')}`]);
    expect(lines.join('')).not.toContain(API_V3_KEY);
  });
});

function pem(key: KeyObject): string {
  return key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
}
