import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { anyScheme, type Profile } from '../signature/index.ts';
import { received } from '../signature/testing/received.ts';
import type { ClientProfile } from './client-profile.ts';
import { createSigner, loadPrivateKey, SigningError, signingFetch } from './index.ts';

const SECRET = Buffer.from('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const KEY = loadPrivateKey({ id: 'merchant-a', algorithm: 'hmac-sha256', secret: SECRET });
const CLOCK = { now: () => Date.UTC(2026, 0, 1) };
const HMAC_HEADERS = {
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  signature: 'x-signature',
};

/** What came in at a server, and what it answered with. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

let server: Server;
let origin: string;
let arrivals: Arrival[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void Readable.from(request)
      .toArray()
      .then((chunks: Buffer[]) => {
        arrivals.push({ request, body: Buffer.concat(chunks) });
        response.writeHead(request.url === '/moved' ? 307 : 200, { location: '/elsewhere' }).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function verdict({ request, body }: Arrival, profile: Profile): string {
  const { rawHeaders, method = '', url = '' } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  const authority = request.headers.host ?? '';
  const presentation = anyScheme.present(
    received({ method, target: url, headers, body, authority }),
    profile,
  );
  if (presentation.kind !== 'presented') return JSON.stringify(presentation);
  return presentation.presented.prove(KEY) ? 'proven' : 'unproven';
}

async function arrivalOf(send: () => Promise<Response>): Promise<Arrival> {
  arrivals = [];
  await send();
  const [arrival] = arrivals;
  if (arrival === undefined || arrivals.length > 1) throw new Error(`${arrivals.length} requests came`);
  return arrival;
}

const SIGV4 = { scheme: 'sigv4', region: 'eu-west-1', service: 'execute-api' } as const;
const ITEM = {
  pspReference: 'P1',
  eventCode: 'CAPTURE',
  success: 'true',
  amount: { value: 1, currency: 'EUR' },
};
const NOTIFICATION = { live: 'false', notificationItems: [{ NotificationRequestItem: ITEM }] };

const schemes: readonly (readonly [string, ClientProfile, Profile, object | string])[] = [
  ['hmac', { scheme: 'hmac' }, { scheme: 'hmac', headers: HMAC_HEADERS, signedHeaders: [] }, { amount: 1 }],
  [
    'hmac with a header',
    { scheme: 'hmac', signedHeaders: ['X-Amount'] },
    { scheme: 'hmac', headers: HMAC_HEADERS, signedHeaders: ['x-amount'] },
    'text',
  ],
  ['stripe', { scheme: 'stripe' }, { scheme: 'stripe' }, { id: 'evt_1' }],
  ['standard-webhooks', { scheme: 'standard-webhooks' }, { scheme: 'standard-webhooks' }, { id: 1 }],
  [
    'adyen platform',
    { scheme: 'adyen', message: 'platform' },
    { scheme: 'adyen', message: 'platform' },
    { a: 1 },
  ],
  [
    'adyen payment',
    { scheme: 'adyen', message: 'payment' },
    { scheme: 'adyen', message: 'payment' },
    NOTIFICATION,
  ],
  ['sigv4', SIGV4, SIGV4, new URLSearchParams({ a: '1 2' })],
  [
    'rfc9421',
    {
      scheme: 'rfc9421',
      components: ['@method', '@authority', '@path', '@query', 'content-digest', 'x-tag'],
    },
    { scheme: 'rfc9421', params: ['created', 'keyid', 'nonce'], isDigestRequired: true },
    { amount: 1 },
  ],
];

describe('signingFetch', () => {
  test.each(schemes)('sends what verifies: %s', async (_name, profile, policy, body) => {
    const send = signingFetch({ signer: createSigner({ ...profile, key: KEY }) });
    const headers = [
      ['X-Amount', ' 100 '],
      ['x-tag', 'a'],
      ['x-tag', 'b'],
    ] as const;
    const arrival = await arrivalOf(() => send(`${origin}/pay?b=2&a=1`, { method: 'post', headers, body }));
    expect(verdict(arrival, policy)).toBe('proven');
  });

  test.each([
    ['text', 'text', 'text/plain;charset=UTF-8'],
    ['bytes', new Uint8Array([0, 255]), undefined],
    ['a form', new URLSearchParams({ a: '1 2' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['an object', { a: 1 }, 'application/json'],
    ['a list', [1], 'application/json'],
    ['nothing', undefined, undefined],
  ])('sends %s with its type, signed', async (_name, body, type) => {
    const send = signingFetch({ signer: createSigner({ ...SIGV4, key: KEY }) });
    const arrival = await arrivalOf(() => send(origin, { method: 'POST', body }));
    expect(arrival.request.headers['content-type']).toBe(type);
    expect(verdict(arrival, SIGV4)).toBe('proven');
  });

  test('takes a nonce and the time of now for every request', async () => {
    let now = CLOCK.now();
    const send = signingFetch({
      signer: createSigner({ scheme: 'hmac', key: KEY, clock: { now: () => now } }),
    });
    const one = await arrivalOf(() => send(origin));
    now += 5_000;
    const other = await arrivalOf(() => send(origin));
    expect(one.request.headers['x-nonce']).toMatch(/^[A-Za-z0-9_-]{24}$/);
    expect(other.request.headers['x-nonce']).not.toBe(one.request.headers['x-nonce']);
    expect(Number(other.request.headers['x-timestamp']) - Number(one.request.headers['x-timestamp'])).toBe(5);
  });

  test('hands a redirect back', async () => {
    const send = signingFetch({ signer: createSigner({ scheme: 'hmac', key: KEY }) });
    arrivals = [];
    const response = await send(`${origin}/moved`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(307);
    expect(arrivals).toHaveLength(1);
  });

  test.each([
    ['following redirects', { redirect: 'follow' }, 'unsupported_redirect'],
    ['a stream', { body: new ReadableStream() }, 'unsupported_body'],
    ['a stream of Node', { body: Readable.from(['a']) }, 'unsupported_body'],
    ['form data', { body: new FormData() }, 'unsupported_body'],
    ['a blob', { body: new Blob(['a']) }, 'unsupported_body'],
    ['an ArrayBuffer', { body: new ArrayBuffer(1) }, 'unsupported_body'],
    ['what JSON cannot say', { body: { a: 1n } }, 'unsupported_body'],
    ['a Host header', { headers: { Host: 'evil.test' } }, 'bad_request'],
    ['a value that is not ASCII', { headers: { 'x-a': '\u00e9' } }, 'bad_request'],
    ['a line feed', { headers: { 'x-a': 'a\nb: c' } }, 'bad_request'],
    ['no name of a header', { headers: [['x a', '1']] }, 'bad_request'],
  ] as const)('refuses %s before it sends', async (_name, init, code) => {
    const fetch = () => Promise.reject(new Error('sent'));
    const send = signingFetch({ signer: createSigner({ scheme: 'hmac', key: KEY }), fetch });
    await expect(send('http://a.test/', init)).rejects.toMatchObject({ name: 'SigningError', code });
  });

  test.each(['/pay', 'ftp://a.test/', 'http://user@a.test/', 'http://user:secret@a.test/'])(
    'refuses the URL %s',
    async (url) => {
      const send = signingFetch({ signer: createSigner({ scheme: 'hmac', key: KEY }) });
      await expect(send(url)).rejects.toMatchObject({ code: 'bad_request' });
    },
  );
});

describe('createSigner', () => {
  test('gives what to send, from the clock and randomness it is given', () => {
    const random = (size: number) => new Uint8Array(size);
    const signer = createSigner({ scheme: 'hmac', key: KEY, clock: CLOCK, random });
    const ready = signer.sign({ url: 'https://a.test:443/x?y#z', body: { a: 1 } });
    expect(ready).toMatchObject({ method: 'POST', url: 'https://a.test/x?y' });
    expect(Buffer.from(ready.body).toString()).toBe('{"a":1}');
    expect(Object.fromEntries(ready.headers)).toMatchObject({
      'content-type': 'application/json',
      'x-key-id': 'merchant-a',
      'x-timestamp': '1767225600',
      'x-nonce': 'A'.repeat(24),
    });
    expect(Buffer.from(ready.base).toString()).toContain('PAYMESH-HMAC-SHA256\nPOST\n/x?y\n1767225600\n');
  });

  test('leaves the bytes of its caller alone', () => {
    const body = Buffer.from('abc');
    const ready = createSigner({ scheme: 'hmac', key: KEY }).sign({ url: 'http://a.test', body });
    body.fill(0);
    expect(Buffer.from(ready.body).toString()).toBe('abc');
  });

  test.each<[string, ClientProfile, string]>([
    ['a header to sign that is not there', { scheme: 'hmac', signedHeaders: ['x-a'] }, 'x-a'],
    ['a scope that is not given', { scheme: 'sigv4' }, 'region'],
    ['a body that is no notification', { scheme: 'adyen', message: 'payment' }, 'one item'],
  ])('says that it cannot sign: %s', (_name, profile, message) => {
    const signer = createSigner({ ...profile, key: KEY });
    expect(() => signer.sign({ url: 'http://a.test/' })).toThrow(message);
    expect(() => signer.sign({ url: 'http://a.test/' })).toThrow(SigningError);
  });

  test('says which schemes there are', () => {
    const profile = JSON.parse('{"scheme":"__proto__"}') as ClientProfile;
    expect(() => createSigner({ ...profile, key: KEY }).sign({ url: 'http://a.test/' })).toThrow('stripe');
  });
});

describe('loadPrivateKey', () => {
  const pairs = {
    ed25519: generateKeyPairSync('ed25519'),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
    weak: generateKeyPairSync('rsa', { modulusLength: 1_024 }),
  };
  const pem = (name: keyof typeof pairs) =>
    String(pairs[name].privateKey.export({ format: 'pem', type: 'pkcs8' }));

  test.each([
    ['ed25519', 'ed25519'],
    ['p256', 'ecdsa-p256-sha256'],
    ['p384', 'ecdsa-p384-sha384'],
    ['rsa', 'rsa-v1_5-sha256'],
    ['rsa', 'rsa-pss-sha512'],
  ] as const)('reads %s for %s as PEM and as JWK', (name, algorithm) => {
    const jwk = pairs[name].privateKey.export({ format: 'jwk' });
    const [one, other] = [{ pem: pem(name) }, { jwk }].map((from) =>
      loadPrivateKey({ id: 'k', algorithm, ...from }),
    );
    expect(one?.key.type).toBe('private');
    expect(other?.key.equals(pairs[name].privateKey)).toBe(true);
  });

  test('reads secrets', () => {
    const bytes = Buffer.alloc(16, 1);
    const froms = [
      { secret: bytes },
      { secret: bytes.toString('base64') },
      { jwk: { kty: 'oct', k: bytes.toString('base64url') } },
    ];
    for (const from of froms) {
      expect(loadPrivateKey({ id: 'k', algorithm: 'hmac-sha256', ...from }).key.export()).toEqual(bytes);
    }
  });

  test.each([
    ['nothing', 'ed25519', {}],
    ['two sources', 'hmac-sha256', { pem: 'x', secret: Buffer.alloc(16) }],
    ['a short secret', 'hmac-sha256', { secret: Buffer.alloc(15) }],
    ['text that is no base64', 'hmac-sha256', { secret: 'whsec_abcdefghijklmnopqrstuvwxyz' }],
    ['a PEM as a secret', 'hmac-sha256', { pem: pem('rsa') }],
    ['a secret for a signature', 'ed25519', { secret: Buffer.alloc(32) }],
    ['text that is no key', 'ed25519', { pem: 'no key' }],
    ['a key of another curve', 'ecdsa-p256-sha256', { pem: pem('p384') }],
    ['a key of another kind', 'ed25519', { pem: pem('rsa') }],
    ['RSA of 1024 bits', 'rsa-v1_5-sha256', { pem: pem('weak') }],
    ['a public key', 'ed25519', { jwk: createPublicKey(pairs.ed25519.privateKey).export({ format: 'jwk' }) }],
  ] as const)('refuses %s', (_name, algorithm, from) => {
    expect(() => loadPrivateKey({ id: 'k', algorithm, ...from })).toThrow(
      expect.objectContaining({ name: 'SigningError', code: 'bad_key' }),
    );
  });
});
