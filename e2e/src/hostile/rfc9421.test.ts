import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { RawRequest, SignedGateway } from '../harness/index.ts';
import {
  added,
  bent,
  byEnvoy,
  denied,
  expectPass,
  headerOf,
  PAIRS,
  PAYMENT_WRITE,
  params,
  type Row,
  rfcSigned,
  startMerchants,
  testRows,
  withBody,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const bad = denied('bad_signature');
const wanted = (more: Parameters<typeof rfcSigned>[0] = {}) =>
  rfcSigned({ target: '/labelled', label: 'wanted', ...more });

/** Both signatures on one request; the second may be anybody's. */
function joined(first: RawRequest, second: RawRequest): RawRequest {
  return added(
    first,
    ['signature-input', headerOf(second, 'signature-input')],
    ['signature', headerOf(second, 'signature')],
  );
}

const labels = (count: number) =>
  Array.from({ length: count - 1 }, (_, at) => rfcSigned({ label: `s${at}` })).reduce(joined, rfcSigned());

const FLOODS: readonly Row[] = [
  {
    row: 36,
    name: 'ten labels',
    make: () => labels(10),
    ending: denied('oversized_signature'),
  },
  {
    row: 36,
    name: '65 components',
    make: () => rfcSigned({ components: Array.from({ length: 65 }, (_, at) => `"x-${at}"`) }),
    ending: denied('oversized_signature'),
  },
  {
    row: 36,
    name: 'a Signature-Input of 9 kB',
    make: () => rfcSigned({ params: `${params()};tag="${'t'.repeat(9_000)}"` }),
    ending: denied('oversized_signature'),
  },
  {
    row: 36,
    name: 'a Signature-Input of 9 kB in many lines',
    make: () =>
      added(rfcSigned(), ...Array.from({ length: 9 }, () => ['signature', 'a'.repeat(1_000)] as const)),
    ending: denied('oversized_signature'),
  },
];

const other = { params: params({ keyid: '"ed-other"' }), key: PAIRS['ed-other'].privateKey };

const CHOICES: readonly Row[] = [
  {
    row: 37,
    name: 'a second signature, of another merchant, that covers nothing',
    make: () => joined(rfcSigned(), rfcSigned({ ...other, label: 'b', components: [] })),
    ending: denied('ambiguous_signature'),
  },
  {
    row: 37,
    name: 'only one of another merchant that covers nothing',
    make: () => rfcSigned({ ...other, components: [] }),
    ending: denied('insufficient_coverage', 'insufficient_coverage'),
  },
  {
    row: 37,
    name: 'the wanted one is broken, one of another merchant is right',
    make: () =>
      joined(
        bent(wanted(), 'signature', () => `wanted=:${'A'.repeat(86)}==:`),
        wanted({ ...other, label: 'b' }),
      ),
    ending: bad,
  },
  {
    row: 37,
    name: 'the wanted one covers nothing, one of another merchant all',
    make: () => joined(wanted({ components: [] }), wanted({ ...other, label: 'b' })),
    ending: denied('insufficient_coverage', 'insufficient_coverage'),
  },
  {
    row: 37,
    name: 'the wanted label in another case',
    make: () => wanted({ label: 'Wanted' }),
    ending: denied('malformed_signature'),
  },
  {
    row: 37,
    name: 'another label alone',
    make: () => wanted({ label: 'other' }),
    ending: denied('missing_signature', 'missing_signature'),
  },
];

const respelled = (change: (base64: string) => string) => () =>
  bent(rfcSigned(), 'signature', (value) => `sig1=:${change(value.slice('sig1=:'.length, -1))}:`);
const resized = (change: (bytes: Buffer) => Buffer) =>
  respelled((text) => change(Buffer.from(text, 'base64')).toString('base64'));
const malformed = denied('malformed_signature');

const SPELLINGS: readonly Row[] = [
  { row: 38, name: 'a signature of nothing', make: respelled(() => ''), ending: bad },
  { row: 38, name: 'base64url', make: respelled((text) => `-_${text.slice(2)}`), ending: malformed },
  { row: 38, name: 'no padding', make: respelled((text) => text.replace(/=+$/, '')), ending: malformed },
  {
    row: 38,
    name: 'white space inside',
    make: respelled((text) => `${text.slice(0, 4)} ${text.slice(4)}`),
    ending: malformed,
  },
  { row: 38, name: 'digits behind the padding', make: respelled((text) => `${text}AAAA`), ending: malformed },
  {
    row: 38,
    name: 'spare bits set',
    make: respelled((text) => `${text.slice(0, 85)}B==`),
    ending: malformed,
  },
  {
    row: 38,
    name: 'one byte more',
    make: resized((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    ending: bad,
  },
  { row: 38, name: 'one byte less', make: resized((bytes) => bytes.subarray(1)), ending: bad },
  {
    row: 38,
    name: 'both fields empty',
    make: () =>
      bent(
        bent(rfcSigned(), 'signature', () => ''),
        'signature-input',
        () => '',
      ),
    ending: malformed,
  },
];

const COMPONENTS: readonly Row[] = [
  ['"Content-Digest"', 'unknown_component'],
  ['content-digest', 'unknown_component'],
  ['"content-digest";x', 'unknown_component'],
  ['"content-digest";req', 'unknown_component'],
  ['"content-digest";tr', 'unknown_component'],
  ['"content-digest";bs;sf', 'unknown_component'],
  ['"content-digest";sf=?0', 'unknown_component'],
  ['"@method";req', 'unknown_component'],
  ['"@status"', 'unknown_component'],
  ['"@signature-params"', 'unknown_component'],
  ['"@Method"', 'unknown_component'],
  ['"@query-param"', 'unknown_component'],
  ['"@method" "@method"', 'repeated_component'],
  ['"x-absent"', 'missing_component'],
  ['"x-amount";sf', 'unknown_component'],
].map(([component = '', reason = '']) => ({
  row: 40,
  name: component,
  make: () => rfcSigned({ components: [component], headers: [['x-amount', '1']] }),
  ending: denied(reason),
}));

const digestOf = (key: string) => PAYMENT_WRITE.map((one) => (one.includes('digest') ? key : one));

const COVERAGE: readonly Row[] = [
  {
    row: 40,
    name: 'one member of the digest for the digest',
    make: () => rfcSigned({ components: digestOf('"content-digest";key="sha-256"') }),
    ending: denied('insufficient_coverage', 'insufficient_coverage'),
  },
];

const NFC = '{"name":"caf\u00e9"}';

const UNICODE: readonly Row[] = [
  {
    row: 43,
    name: 'NFD for NFC',
    make: () => withBody(rfcSigned({ body: NFC }), NFC.normalize('NFD')),
    ending: denied('digest_mismatch', 'bad_digest'),
  },
  {
    row: 43,
    name: 'a byte order mark',
    make: () => withBody(rfcSigned(), '\uFEFF{"amount":100}'),
    ending: denied('digest_mismatch', 'bad_digest'),
  },
  {
    row: 43,
    name: 'full-width digits for the signed ones in the query, escaped',
    make: () => ({ ...rfcSigned({ target: '/rfc?a=1' }), target: '/rfc?a=%EF%BC%91' }),
    ending: bad,
  },
  {
    row: 43,
    name: 'full-width digits in a covered header',
    make: () =>
      rfcSigned({ components: [...PAYMENT_WRITE, '"x-amount"'], headers: [['x-amount', '\xef\xbc\x91']] }),
    ending: denied('unclean_header'),
  },
  {
    row: 43,
    name: 'bytes outside ASCII in the path',
    make: () => rfcSigned({ target: '/rfc/\xef\xbc\x91' }),
    ending: byEnvoy(400),
    over: ['HTTP/1.1'],
  },
];

describe('hostile HTTP Message Signatures through a real Envoy', () => {
  testRows(() => gateway, rfcSigned, [
    ...FLOODS,
    ...CHOICES,
    ...SPELLINGS,
    ...COMPONENTS,
    ...COVERAGE,
    ...UNICODE,
  ]);

  test('row 36: as many labels and components as are allowed pass', async () => {
    const four = [1, 2, 3].map((at) => wanted({ label: `s${at}` })).reduce(joined, wanted());
    await expectPass(gateway, four);
    const headers = Array.from({ length: 30 }, (_, at) => [`x-${at}`, 'v'] as const);
    await expectPass(
      gateway,
      rfcSigned({ headers, components: [...PAYMENT_WRITE, ...headers.map(([name]) => `"${name}"`)] }),
    );
  });

  test('row 37: who signed is who made the wanted signature, whoever else signed too', async () => {
    const passed = await expectPass(gateway, joined(wanted({ ...other, label: 'b' }), wanted()));
    expect(passed?.rawHeaders.join('\n')).toContain('x-paymesh-principal\nmerchant-a');
    const theirs = await expectPass(gateway, joined(wanted(other), wanted({ label: 'b' })));
    expect(theirs?.rawHeaders.join('\n')).toContain('x-paymesh-principal\nmerchant-b');
  });

  test('row 43: bytes outside ASCII in a body are the bytes that were hashed', async () => {
    const passed = await expectPass(gateway, rfcSigned({ body: NFC }), 'HTTP/2');
    expect(passed?.body.toString()).toBe(NFC);
  });
});
