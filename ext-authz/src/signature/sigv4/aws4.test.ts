import { createSecretKey } from 'node:crypto';

import { expect, test } from '@jest/globals';
import { sign } from 'aws4';
import * as fc from 'fast-check';

import { arrivalOf, type Received, verdictOf } from '../testing/received.ts';
import { signSigv4, sigv4Scheme } from './index.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const KEY = { algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(SECRET)) } as const;
const NOW_MS = Date.UTC(2026, 0, 1, 10, 20, 30);
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET };

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(isEncodable);
/** aws4 takes a slash for the end of a segment however it is spelled. */
const segment = word.filter((value) => !/^\.{1,2}$|\//.test(value)).map(encode);
const query = fc.uniqueArray(fc.tuple(word.map(encode), word.map(encode)), {
  maxLength: 4,
  selector: ([name]) => name,
});
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: fc.constantFrom('api.test', 'api.test:8443'),
  path: fc
    .tuple(fc.array(segment, { maxLength: 4 }), query)
    .map(([segments, pairs]) => pathOf(segments, pairs)),
  service: fc.constantFrom('execute-api', 's3', 'sqs'),
  region: fc.constantFrom('eu-west-1', 'cn-north-1'),
  body: fc.string(),
  headers: fc.dictionary(
    fc.stringMatching(/^x-(?:amz-)?[a-z]{3,8}$/),
    fc.stringMatching(/^[!-~]( {0,3}[!-~]){0,8}$/),
    {
      maxKeys: 3,
    },
  ),
});

test('what aws4 signs is proven', () => {
  fc.assert(
    fc.property(request, (spec) => {
      const message = { ...spec, headers: { 'X-Amz-Date': '20260101T102030Z', ...spec.headers } };
      const signed = sign(message, CREDENTIALS);
      const { method, host, region, service } = spec;
      const received: Received = {
        method,
        authority: host,
        target: signed.path,
        headers: Object.entries(signed.headers).map(([name, value]) => [name, String(value)] as const),
        body: spec.body,
      };
      expect(verdictOf(sigv4Scheme, { scheme: 'sigv4', region, service }, KEY, received)).toBe('proven');
    }),
    { numRuns: 1_000 },
  );
});

test('what is signed here, aws4 signs alike', () => {
  fc.assert(
    fc.property(request, ({ method, host, path, service, region, body, headers }) => {
      const outgoing = {
        method,
        scheme: 'https',
        authority: host,
        target: path,
        headers: [['content-type', 'text/plain'] as const, ...Object.entries(headers)],
        body: Buffer.from(body),
      };
      const context = { key: { id: 'AKIDEXAMPLE', ...KEY }, nowMs: NOW_MS, nonce: 'n' };
      const arrival = arrivalOf(outgoing, signSigv4(outgoing, { scheme: 'sigv4', region, service }, context));
      const { Authorization: ours, ...others } = Object.fromEntries(arrival.headers ?? []);
      const all = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
      const { headers: theirs } = sign(
        {
          method,
          host,
          path,
          service,
          region,
          body,
          headers: all,
          extraHeadersToIgnore: { 'content-length': true },
        },
        CREDENTIALS,
      );
      expect(signatureOf(String(theirs['Authorization']))).toBe(signatureOf(String(ours)));
    }),
    { numRuns: 1_000 },
  );
});

function signatureOf(authorization: string): string | undefined {
  return /SignedHeaders=.*$/.exec(authorization)?.[0];
}

function isEncodable(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

function encode(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function pathOf(segments: readonly string[], pairs: readonly (readonly [string, string])[]): string {
  const text = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  return `/${segments.join('/')}${text === '' ? '' : '?'}${text}`;
}
