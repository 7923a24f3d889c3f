import { describe, expect, test } from '@jest/globals';

import {
  bodyOf,
  type MessageSpec,
  messageOf,
  RFC_KEYS,
  rfc9421Profile,
  TEST_REQUEST,
} from '../../testing/rfc9421.ts';
import { contentDigest } from '../content-digest/index.ts';
import { verifyBytes } from '../crypto/index.ts';
import { rfc9421Scheme } from './index.ts';

interface Vector {
  readonly name: string;
  readonly label: string;
  readonly keyId: keyof typeof RFC_KEYS;
  readonly input: string;
  readonly signature: string;
  readonly message: MessageSpec;
}

/** Of RFC 9421 appendix B.3. */
const CLIENT_CERT =
  ':MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:';

/** The request of RFC 9421 appendix B.4 as it was signed. */
const TRANSFORMED: MessageSpec = {
  target: '/demo?name1=Value1&Name2=value2',
  authority: 'example.org',
  headers: [
    ['Date', 'Fri, 15 Jul 2022 14:24:55 GMT'],
    ['Accept', 'application/json'],
    ['Accept', '*/*'],
  ],
};

const VECTORS: readonly Vector[] = [
  {
    name: 'B.2.1, nothing covered',
    label: 'sig-b21',
    keyId: 'test-key-rsa-pss',
    input: '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    signature:
      ':d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:',
    message: TEST_REQUEST,
  },
  {
    name: 'B.2.2, selected components',
    label: 'sig-b22',
    keyId: 'test-key-rsa-pss',
    input:
      '("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
    signature:
      ':LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:',
    message: TEST_REQUEST,
  },
  {
    name: 'B.2.3, full coverage',
    label: 'sig-b23',
    keyId: 'test-key-rsa-pss',
    input:
      '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
    signature:
      ':bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:',
    message: TEST_REQUEST,
  },
  {
    name: 'B.2.5, hmac-sha256',
    label: 'sig-b25',
    keyId: 'test-shared-secret',
    input: '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    signature: ':pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
    message: TEST_REQUEST,
  },
  {
    name: 'B.2.6, ed25519',
    label: 'sig-b26',
    keyId: 'test-key-ed25519',
    input:
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    signature: ':wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
    message: TEST_REQUEST,
  },
  {
    name: 'B.3, a client certificate',
    label: 'ttrp',
    keyId: 'test-key-ecc-p256',
    input:
      '("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256"',
    signature: ':xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:',
    message: {
      ...TEST_REQUEST,
      authority: 'service.internal.example',
      headers: [['Client-Cert', CLIENT_CERT]],
    },
  },
  {
    name: 'B.4, two lines of Accept',
    label: 'transform',
    keyId: 'test-key-ed25519',
    input: '("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    signature: ':ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:',
    message: TRANSFORMED,
  },
  {
    name: '4.3, a proxy that signs again',
    label: 'proxy_sig',
    keyId: 'test-key-rsa',
    input:
      '("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540',
    signature:
      ':S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:',
    message: {
      ...TEST_REQUEST,
      authority: 'origin.host.internal.example',
      headers: [...TEST_REQUEST.headers, ['Forwarded', 'for=192.0.2.123;host=example.com;proto=https']],
    },
  },
];

function presentationOf({ label, input, signature, message }: Omit<Vector, 'name' | 'keyId'>) {
  const headers = [
    ...(message.headers ?? []),
    ['Signature-Input', `${label}=${input}`] as const,
    ['Signature', `${label}=${signature}`] as const,
  ];
  const signed = { message: messageOf({ ...message, headers }), body: bodyOf(message) };
  return rfc9421Scheme.present(signed, rfc9421Profile({ label }));
}

function isProven(vector: Omit<Vector, 'name'>): boolean {
  const presentation = presentationOf(vector);
  if (presentation.kind !== 'presented') throw new Error(JSON.stringify(presentation));
  return presentation.presented.prove(RFC_KEYS[vector.keyId]);
}

describe('requests that RFC 9421 prints', () => {
  test.each(VECTORS.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(isProven(vector)).toBe(true);
  });

  test.each(VECTORS.map((vector) => [vector.name, vector] as const))(
    '%s, not with another date',
    (_, vector) => {
      expect(isProven({ ...vector, input: vector.input.replace('16188844', '16188845') })).toBe(false);
    },
  );

  test('B.2.2 has the base that the appendix prints', () => {
    const [, vector] = VECTORS;
    const presentation = vector && presentationOf(vector);
    if (presentation?.kind !== 'presented') throw new Error('not presented');
    expect(String(presentation.presented.base())).toBe(
      [
        '"@authority": example.com',
        '"content-digest": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
        '"@query-param";name="Pet": dog',
        '"@signature-params": ("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
      ].join('\n'),
    );
    expect(presentation.presented).toMatchObject({
      signer: { kind: 'named', ids: ['test-key-rsa-pss'] },
      algorithm: undefined,
      createdMs: 1_618_884_473_000,
      covered: ['"@authority"', '"content-digest"', '"@query-param";name="Pet"'],
    });
  });
});

describe('the changed requests of RFC 9421 appendix B.4', () => {
  const vector = VECTORS.find(({ label }) => label === 'transform');
  const isStillProven = (change: MessageSpec) =>
    vector !== undefined && isProven({ ...vector, message: { ...vector.message, ...change } });

  test.each([
    ['another header and parameter', { target: '/demo?name1=Value1&Name2=value2&param=added' }],
    ['lines joined', { headers: [['Accept', 'application/json, */*']] }],
  ] as const)('hold with %s', (_, change) => {
    expect(isStillProven(change)).toBe(true);
  });

  test.each([
    ['another method and authority', { method: 'POST', authority: 'example.com' }],
    [
      'lines in another order',
      {
        headers: [
          ['Accept', '*/*'],
          ['Accept', 'application/json'],
        ],
      },
    ],
  ] as const)('do not hold with %s', (_, change) => {
    expect(isStillProven(change)).toBe(false);
  });
});

describe('the response of RFC 9421 appendix B.2.4', () => {
  const digest = contentDigest(Buffer.from('{"message": "good dog"}'), 'sha-512');

  test('is signed over the digest of its body, which is not the one its header shows', () => {
    const base = [
      '"@status": 200',
      '"content-type": application/json',
      `"content-digest": ${digest}`,
      '"content-length": 23',
      '"@signature-params": ("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    ].join('\n');
    const signature =
      'wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==';
    expect(
      verifyBytes(RFC_KEYS['test-key-ecc-p256'], Buffer.from(base), Buffer.from(signature, 'base64')),
    ).toBe(true);
  });

  test('covers what no request has', () => {
    const presentation = presentationOf({
      label: 's',
      input: '("@status")',
      signature: ':AA==:',
      message: TEST_REQUEST,
    });
    expect(presentation).toEqual({ kind: 'refused', reason: 'unknown_component' });
  });
});
