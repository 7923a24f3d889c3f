import { constants, createHmac, randomBytes, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { eventually } from '@paymesh/common/testing';

import { type SignedGateway, sendHttp1, sendHttp2, startSignedGateway } from '../harness/index.ts';
import {
  bent,
  byEnvoy,
  codeOf,
  denied,
  expectPass,
  hmacSigned,
  nowSeconds,
  openRoute,
  PAIRS,
  POLICIES,
  params,
  pemOf,
  type Row,
  rfcSigned,
  SECRETS,
  signedRoute,
  startMerchants,
  testRows,
  watch,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const by = (keyid: string) => params({ keyid: `"${keyid}"` });
const bad = denied('bad_signature');
const withPem = (base: Buffer) => createHmac('sha256', pemOf(PAIRS['ed-1'])).update(base).digest();

const ALGORITHMS: readonly Row[] = [
  ['none', 'unsupported_algorithm'],
  ['EdDSA', 'unsupported_algorithm'],
  ['hmac-sha256', 'algorithm_mismatch'],
  ['rsa-pss-sha512', 'algorithm_mismatch'],
].map(([alg, reason]) => ({
  row: 29,
  name: `alg "${alg}" on a signature of ed25519`,
  make: () => rfcSigned({ params: `${params()};alg="${alg}"` }),
  ending: denied(reason ?? ''),
}));

const CONFUSED: readonly Row[] = [
  {
    row: 29,
    name: 'an HMAC keyed with a public key, which says so',
    make: () => rfcSigned({ params: `${params()};alg="hmac-sha256"`, signer: withPem }),
    ending: denied('algorithm_mismatch'),
  },
  {
    row: 29,
    name: 'an HMAC keyed with a public key, which says nothing',
    make: () => rfcSigned({ signer: withPem }),
    ending: bad,
  },
  {
    row: 29,
    name: 'an HMAC keyed with a public key, in the scheme of HMACs',
    make: () => hmacSigned({ keyId: 'ed-1', secret: Buffer.from(pemOf(PAIRS['ed-1'])) }),
    ending: denied('algorithm_mismatch'),
  },
];

const rsa = (id: 'pss-1' | 'v15-1', hash: string, padding: number, saltLength?: number): Row => ({
  row: 30,
  name: `RSA under ${id}: ${hash}, ${padding === constants.RSA_PKCS1_PADDING ? 'PKCS #1' : `PSS with salt ${saltLength}`}`,
  make: () =>
    rfcSigned({
      params: by(id),
      signer: (base) => sign(hash, base, { key: PAIRS[id].privateKey, padding, saltLength }),
    }),
  ending: bad,
});

const WEAK: readonly Row[] = [
  rsa('pss-1', 'sha512', constants.RSA_PKCS1_PSS_PADDING, 32),
  rsa('pss-1', 'sha512', constants.RSA_PKCS1_PSS_PADDING, 0),
  rsa('pss-1', 'sha256', constants.RSA_PKCS1_PSS_PADDING, 64),
  rsa('pss-1', 'sha512', constants.RSA_PKCS1_PADDING),
  rsa('v15-1', 'sha1', constants.RSA_PKCS1_PADDING),
  rsa('v15-1', 'sha256', constants.RSA_PKCS1_PSS_PADDING, 32),
];

/** Order of P-256. */
const N = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const P256_BYTES = 32;
const bytesOf = (value: bigint) => Buffer.from(value.toString(16).padStart(2 * P256_BYTES, '0'), 'hex');
const p256 = (signer: (base: Buffer) => Buffer) => rfcSigned({ params: by('p256-1'), signer });
const signP256 = (base: Buffer, dsaEncoding: 'der' | 'ieee-p1363') =>
  sign('sha256', base, { key: PAIRS['p256-1'].privateKey, dsaEncoding });

const CURVES: readonly Row[] = [
  { row: 31, name: 'ECDSA in DER', make: () => p256((base) => signP256(base, 'der')), ending: bad },
  { row: 31, name: 'ECDSA of zeros', make: () => p256(() => Buffer.alloc(2 * P256_BYTES)), ending: bad },
  {
    row: 31,
    name: 'ECDSA of r and s equal to n',
    make: () => p256(() => Buffer.concat([bytesOf(N), bytesOf(N)])),
    ending: bad,
  },
  { row: 31, name: 'ECDSA of nothing', make: () => p256(() => Buffer.alloc(0)), ending: bad },
  {
    row: 31,
    name: 'ed25519 of zeros',
    make: () => rfcSigned({ signer: () => Buffer.alloc(64) }),
    ending: bad,
  },
];

const STRANGE_IDS = ['../../x', '__proto__', 'constructor', 'https://evil.example/key', '*', 'K-1', 'nobody'];

const IDS: readonly Row[] = [
  ...STRANGE_IDS.flatMap((keyId): Row[] => [
    {
      row: 32,
      name: `hmac: key id ${keyId}`,
      make: () => hmacSigned({ keyId }),
      ending: denied('unknown_key'),
    },
    {
      row: 32,
      name: `RFC 9421: keyid ${keyId}`,
      make: () => rfcSigned({ params: by(keyId) }),
      ending: denied('unknown_key'),
    },
  ]),
  {
    row: 32,
    name: 'hmac: a key id of 10 kB',
    make: () => hmacSigned({ keyId: 'k'.repeat(10_000) }),
    ending: denied('malformed_key_id'),
  },
  {
    row: 32,
    name: 'hmac: no key id',
    make: () => hmacSigned({ keyId: '' }),
    ending: denied('malformed_key_id'),
  },
  {
    row: 32,
    name: 'RFC 9421: a keyid of 7 kB',
    make: () => rfcSigned({ params: by('k'.repeat(7_000)) }),
    ending: denied('malformed_key_id'),
  },
  {
    row: 32,
    name: 'RFC 9421: a keyid of 20 kB',
    make: () => rfcSigned({ params: by('k'.repeat(20_000)) }),
    ending: byEnvoy(431),
    over: ['HTTP/1.1'],
  },
];

const OTHERS: readonly Row[] = [
  {
    row: 33,
    name: 'the right key of another merchant, who has no business here',
    make: () => hmacSigned({ keyId: 'k-other', secret: SECRETS['k-other'] }),
    ending: denied('unknown_key'),
  },
  {
    row: 33,
    name: 'our right key at the route of another merchant',
    make: () => hmacSigned({ target: '/other' }),
    ending: denied('unknown_key'),
  },
  {
    row: 33,
    name: 'the name of another key of the set',
    make: () => bent(rfcSigned(), 'signature-input', (value) => value.replace('"ed-1"', '"ed-other"')),
    ending: bad,
  },
];

const STATES: readonly Row[] = (['revoked', 'expired', 'pending'] as const).flatMap((state): Row[] => [
  {
    row: 34,
    name: `a key that is ${state}, rightly used`,
    make: () => hmacSigned({ keyId: `k-${state}`, secret: SECRETS[`k-${state}`] }),
    ending: denied(`${state}_key`, 'key_not_valid', 403),
  },
  {
    row: 34,
    name: `a key that is ${state}, whose secret the sender does not have`,
    make: () => hmacSigned({ keyId: `k-${state}` }),
    ending: bad,
  },
]);

describe('hostile keys through a real Envoy', () => {
  testRows(() => gateway, hmacSigned, [
    ...ALGORITHMS,
    ...CONFUSED,
    ...WEAK,
    ...CURVES,
    ...IDS,
    ...OTHERS,
    ...STATES,
  ]);

  test('row 31: the other s of an ECDSA signature is the same signature', async () => {
    const right = p256((base) => signP256(base, 'ieee-p1363'));
    const twin = bent(right, 'signature', (value) => `sig1=:${otherS(value)}:`);
    await expectPass(gateway, right);
    const { answer, decisions } = await watch(gateway, () => sendHttp1(gateway.port, twin));
    expect([answer.status, decisions]).toEqual([409, { 'deny replayed_nonce': 1 }]);
    const alone = p256((base) => signP256(base, 'ieee-p1363'));
    await expectPass(
      gateway,
      bent(alone, 'signature', (value) => `sig1=:${otherS(value)}:`),
    );
    expect((await sendHttp1(gateway.port, alone)).status).toBe(409);
  });

  test('row 39: who does not hold a key cannot tell which keys there are', async () => {
    const secret = randomBytes(32);
    const guesses = ['k-1', 'k-revoked', 'k-expired', 'k-other', 'ed-1', 'nobody'];
    const answers = await Promise.all(
      guesses.map((keyId) => sendHttp2(gateway.port, hmacSigned({ keyId, secret }))),
    );
    const seen = answers.map(({ status, headers, body }) => {
      const { 'x-request-id': id = '', date: _, ...rest } = headers;
      return JSON.stringify([status, rest, body.replace(id, 'ID')]);
    });
    expect(new Set(seen).size).toBe(1);
  });

  test('row 34: a key that is revoked while it works is refused within seconds', async () => {
    const revoked = POLICIES.replace(/(\{id: k-1, [^}]*\})/, '$1, revoked: true');
    expect(revoked).not.toBe(POLICIES);
    gateway.edit({ 'policies/policies.yaml': revoked });
    await eventually(async () => {
      const { answer, decisions, passed } = await watch(gateway, () => sendHttp1(gateway.port, hmacSigned()));
      expect([answer.status, codeOf(answer), decisions, passed]).toEqual([
        403,
        'key_not_valid',
        { 'deny revoked_key': 1 },
        0,
      ]);
    });
    await expectPass(gateway, rfcSigned());
  });
});

function otherS(value: string): string {
  const bytes = Buffer.from(value.slice('sig1=:'.length, -1), 'base64');
  const s = BigInt(`0x${bytes.subarray(P256_BYTES).toString('hex')}`);
  return Buffer.concat([bytes.subarray(0, P256_BYTES), bytesOf(N - s)]).toString('base64');
}

describe('a flood of unknown keys, through a real Envoy', () => {
  const FLOOD = 60;
  let fetching: SignedGateway;
  let server: Server;
  let fetches = 0;
  beforeAll(async () => {
    const keys = [{ ...PAIRS['ed-1'].publicKey.export({ format: 'jwk' }), kid: 'ed-1' }];
    server = createServer((_request, response) => {
      fetches += 1;
      response.end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    fetching = await startSignedGateway({
      envoy: findEnvoy(process.env) ?? '',
      policies: [
        openRoute(),
        signedRoute({ name: 'rfc', verify: 'scheme: rfc9421, coverage: payment-write', keys: 'fetched' }),
        '---\napiVersion: paymesh.dev/v1\nkind: KeySet\nmetadata: {name: fetched, namespace: pay}\n',
        `spec: {jwks: {url: "${url}", owner: issuer}}\n`,
      ].join(''),
    });
  }, 60_000);
  afterAll(async () => {
    await fetching?.stop();
    server?.close();
  });

  test('row 35: makes no flood of fetches, and no honest sender waits for it', async () => {
    await expectPass(fetching, rfcSigned());
    const before = fetches;
    const started = nowSeconds();
    const flood = Array.from({ length: FLOOD }, (_, at) =>
      sendHttp2(fetching.port, rfcSigned({ params: by(`unknown-${at}`) })),
    );
    const honest = await sendHttp2(fetching.port, rfcSigned());
    expect(honest.status).toBe(200);
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    // One for an unknown id in 10 s.
    expect(fetches - before).toBeLessThanOrEqual(1 + Math.ceil((nowSeconds() - started) / 10));
  });
});
