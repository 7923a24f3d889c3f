import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { DenialReason } from '../../decision/index.ts';
import { algorithms } from '../../keys/index.ts';
import { NOW_S } from '../../testing/fixtures.ts';
import type { MessageSpec } from '../../testing/rfc9421.ts';
import {
  COVER,
  createJudge,
  type JudgeOptions,
  PAYMENT,
  type SignSpec,
  signed,
  signingKeyOf,
} from '../../testing/rfc9421-check.ts';
import { contentDigest } from '../content-digest/index.ts';
import { signBytes } from '../crypto/index.ts';

type Line = readonly [name: string, value: string | Uint8Array];

function judge(spec: MessageSpec, options?: JudgeOptions): string {
  return createJudge(options)(spec);
}

function headerOf({ headers = [] }: MessageSpec, name: string): string {
  return String(headers.find(([other]) => other.toLowerCase() === name)?.[1]);
}

function withHeader(spec: MessageSpec, name: string, value: string | Uint8Array): MessageSpec {
  const headers = (spec.headers ?? []).map(
    (line): Line => (line[0].toLowerCase() === name ? [name, value] : line),
  );
  return { ...spec, headers };
}

function withLine(spec: MessageSpec, ...lines: readonly Line[]): MessageSpec {
  return { ...spec, headers: [...(spec.headers ?? []), ...lines] };
}

function edited(spec: MessageSpec, name: string, edit: (value: string) => string): MessageSpec {
  return withHeader(spec, name, edit(headerOf(spec, name)));
}

/** Signs a Signature-Input member as it is typed, right or not; the text covers what `lines` says. */
function typed(input: string, lines = '', spec: MessageSpec = PAYMENT): MessageSpec {
  const base = `${lines}"@signature-params": ${input}`;
  const signature = signBytes(signingKeyOf('ed25519'), Buffer.from(base, 'latin1')).toString('base64');
  return withLine(
    spec,
    ['content-digest', contentDigest(Buffer.from('{"amount":100}'))],
    ['signature-input', `sig1=${input}`],
    ['signature', `sig1=:${signature}:`],
  );
}

/** Over nothing, with parameters as typed. */
function params(text: string): MessageSpec {
  return typed(`()${text}`);
}

const RIGHT = `;created=${NOW_S};keyid="ed25519"`;
const lax: JudgeOptions = {
  cover: [],
  profile: { params: [], isDigestRequired: false },
  nonce: { use: 'optional', minLength: 16 },
};

describe('a rightly signed request', () => {
  test.each(algorithms)('is allowed with %s', (algorithm) => {
    expect(judge(signed(PAYMENT, { algorithm }))).toBe('ok');
    expect(
      judge(signed(PAYMENT, { algorithm, params: ['alg', 'created', 'expires', 'keyid', 'nonce'] })),
    ).toBe('ok');
  });

  test('is allowed once', () => {
    const check = createJudge();
    const spec = signed();
    expect(check(spec)).toBe('ok');
    expect(check(spec)).toBe('replayed_nonce');
  });

  test.each<readonly [string, MessageSpec]>([
    ['with headers nobody signed', withLine(signed(), ['x-a', '1'], ['x-a', '2'])],
    [
      'with spaces in Signature-Input',
      edited(signed(), 'signature-input', (value) => value.replaceAll(' ', '   ')),
    ],
    ['with the label last', signed(PAYMENT, { label: '*a-b_c.1' })],
    ['with an old time of its own in Date', withLine(signed(), ['date', 'Thu, 01 Jan 1970 00:00:00 GMT'])],
    ['with the default port', { ...signed(), authority: 'PAY.example:443' }],
    ['typed by hand', typed(`()${RIGHT}`)],
  ])('%s', (_, spec) => {
    expect(judge(spec, { ...lax, profile: { isDigestRequired: true, params: [] } })).toBe('ok');
  });

  test('without a key id is tried against every key', () => {
    expect(judge(signed(PAYMENT, { params: ['created'] }), lax)).toBe('ok');
  });

  test('is chosen by label or tag among others', () => {
    const both = signed(signed(PAYMENT, { label: 'a', tag: 'one' }), { label: 'b', tag: 'two' });
    expect(judge(both, { profile: { label: 'b' } })).toBe('ok');
    expect(judge(both, { profile: { tag: 'one' } })).toBe('ok');
    expect(judge(both, { profile: { tag: 'one', label: 'a' } })).toBe('ok');
    expect(judge(both, { profile: { tag: 'one', label: 'b' } })).toBe('missing_signature');
    expect(judge(both, { profile: { tag: 'three' } })).toBe('missing_signature');
    expect(judge(both)).toBe('ambiguous_signature');
  });
});

type Row = readonly [reason: DenialReason, name: string, spec: MessageSpec, options?: JudgeOptions];

function denies(rows: readonly Row[]): void {
  test.each(rows.map(([reason, name, ...given]) => ({ reason, name, given })))(
    '$reason: $name',
    ({ reason, given }) => {
      const [spec, options] = given;
      expect(judge(spec, options)).toBe(reason);
    },
  );
}

describe('labels and lines (rows 1, 10, 36, 37)', () => {
  const inputOf = (spec: MessageSpec) => headerOf(spec, 'signature-input');
  const signatureOf = (spec: MessageSpec) => headerOf(spec, 'signature');
  const good = signed();
  const broken = signed(PAYMENT, { label: 'wanted' });
  const many = Array.from({ length: 5 }, (_, at) => `s${at}`).reduce<MessageSpec>(
    (spec, label) => signed(spec, { label }),
    PAYMENT,
  );
  denies([
    ['missing_signature', 'none', PAYMENT],
    [
      'missing_signature',
      'Signature alone',
      { ...good, headers: (good.headers ?? []).filter(([name]) => name !== 'Signature-Input') },
    ],
    [
      'missing_signature',
      'Signature-Input alone',
      { ...good, headers: (good.headers ?? []).filter(([name]) => name !== 'Signature') },
    ],
    ['duplicate_label', 'two Signature-Input lines', withLine(good, ['signature-input', inputOf(good)])],
    ['duplicate_label', 'two Signature lines', withLine(good, ['signature', signatureOf(good)])],
    ['duplicate_label', 'twice in one line', edited(good, 'signature', (value) => `${value}, ${value}`)],
    [
      'malformed_signature',
      'another label in Signature',
      edited(good, 'signature', (value) => value.replace('sig1', 'sig2')),
    ],
    ['malformed_signature', 'one more Signature', edited(good, 'signature', (value) => `${value}, a=:AAAA:`)],
    [
      'malformed_signature',
      'one more Signature-Input',
      edited(good, 'signature-input', (value) => `${value}, a=()`),
    ],
    [
      'malformed_signature',
      'upper case label',
      edited(
        edited(good, 'signature', (value) => value.replace('sig1', 'Sig1')),
        'signature-input',
        (value) => value.replace('sig1', 'Sig1'),
      ),
    ],
    [
      'malformed_signature',
      'both empty',
      withHeader(withHeader(good, 'signature', ''), 'signature-input', ''),
    ],
    [
      'malformed_signature',
      'an item for the inner list',
      edited(good, 'signature-input', () => 'sig1="@method"'),
    ],
    [
      'malformed_signature',
      'parameters on the signature',
      edited(good, 'signature', (value) => `${value};a=1`),
    ],
    [
      'malformed_signature',
      'the signature as a string',
      edited(good, 'signature', (value) => value.replaceAll(':', '"')),
    ],
    [
      'malformed_signature',
      'draft-cavage',
      withHeader(good, 'signature', 'keyId="ed25519",algorithm="hs2019",signature="AAAA"'),
    ],
    [
      'ambiguous_signature',
      'two of one tag',
      signed(signed(PAYMENT, { label: 'a', tag: 't' }), { label: 'b', tag: 't' }),
      { profile: { tag: 't' } },
    ],
    [
      'missing_signature',
      'a tag that is a token',
      typed(`()${RIGHT};tag=t`),
      { ...lax, profile: { tag: 't', params: [], isDigestRequired: false } },
    ],
    [
      'bad_signature',
      'the wanted one is broken, another is right',
      signed(
        edited(broken, 'signature', () => `wanted=:${'A'.repeat(86)}==:`),
        { label: 'other' },
      ),
      { profile: { label: 'wanted' } },
    ],
    [
      'insufficient_coverage',
      'the wanted one covers nothing, another all',
      signed(signed(PAYMENT, { label: 'wanted', components: [] }), { label: 'other' }),
      { profile: { label: 'wanted' } },
    ],
    ['oversized_signature', 'five labels', many, { profile: { label: 's1' } }],
    [
      'oversized_signature',
      'a long field',
      edited(good, 'signature-input', (value) => `${value};tag="${'a'.repeat(9_000)}"`),
    ],
    [
      'oversized_signature',
      'a long field of many lines',
      withLine(good, ...Array.from({ length: 9 }, (): Line => ['signature', 'a'.repeat(1_000)])),
    ],
    [
      'oversized_signature',
      '65 components',
      typed(`(${Array.from({ length: 65 }, (_, at) => `"x-${at}"`).join(' ')})${RIGHT}`),
      lax,
    ],
    [
      'unclean_header',
      'raw bytes in Signature-Input',
      edited(good, 'signature-input', (value) => `${value};tag="\x80"`),
    ],
    ['unclean_header', 'a line feed in Signature', edited(good, 'signature', (value) => `${value}\n`)],
    [
      'unclean_header',
      '"!" in a merged Signature-Input',
      { ...signed(PAYMENT, { tag: 'a!' }), isLossy: true },
    ],
  ]);
});

describe('spelling of a signature (rows 31, 38)', () => {
  const raw = headerOf(signed(), 'signature').slice('sig1=:'.length, -1);
  const good = signed(PAYMENT, { nonce: 'a-nonce-that-is-fixed' });
  const replaced = (edit: (base64: string) => string) =>
    edited(good, 'signature', (value) => `sig1=:${edit(value.slice('sig1=:'.length, -1))}:`);
  denies([
    ['bad_signature', 'empty', replaced(() => '')],
    ['bad_signature', 'of another request', replaced(() => raw)],
    [
      'bad_signature',
      'one byte short',
      replaced((value) => Buffer.from(value, 'base64').subarray(1).toString('base64')),
    ],
    [
      'bad_signature',
      'one byte long',
      replaced((value) => Buffer.concat([Buffer.from(value, 'base64'), Buffer.alloc(1)]).toString('base64')),
    ],
    ['malformed_signature', 'without padding', replaced((value) => value.replace(/=+$/, ''))],
    ['malformed_signature', 'base64url', replaced((value) => `-_${value.slice(2)}`)],
    [
      'malformed_signature',
      'white space inside',
      replaced((value) => `${value.slice(0, 4)} ${value.slice(4)}`),
    ],
    ['malformed_signature', 'something behind the padding', replaced((value) => `${value}AAAA`)],
    ['malformed_signature', 'spare bits set', replaced((value) => `${value.slice(0, 85)}B==`)],
    [
      'malformed_signature',
      'without the last colon',
      edited(good, 'signature', (value) => value.slice(0, -1)),
    ],
  ]);
});

describe('parameters (rows 20, 21, 28, 29, 32, 33)', () => {
  const created = (value: string) => params(`;created=${value};keyid="ed25519"`);
  denies([
    ['future_timestamp', 'created in milliseconds', created(`${NOW_S}000`), lax],
    ['future_timestamp', 'created in the future', created(String(NOW_S + 31)), lax],
    ['future_timestamp', 'created of 15 digits', created('9'.repeat(15)), lax],
    ['stale_timestamp', 'created too long ago', created(String(NOW_S - 301)), lax],
    ['stale_timestamp', 'old, expires in the year 9999', created(`${NOW_S - 301};expires=253402300799`), lax],
    ['expired_signature', 'expired', created(`${NOW_S};expires=${NOW_S - 1}`), lax],
    ['malformed_timestamp', 'created negative', created('-1'), lax],
    ['malformed_timestamp', 'created with a fraction', created(`${NOW_S}.0`), lax],
    ['malformed_timestamp', 'created as a string', created(`"${NOW_S}"`), lax],
    ['malformed_timestamp', 'created as a date', created(`@${NOW_S}`), lax],
    ['malformed_timestamp', 'created without a value', params(';created;keyid="ed25519"'), lax],
    ['malformed_timestamp', 'expires with a fraction', params(`${RIGHT};expires=${NOW_S}.5`), lax],
    ['malformed_signature', 'created of 16 digits', created('9'.repeat(16)), lax],
    ['malformed_signature', 'created with an exponent', created('1e9'), lax],
    ['missing_parameter', 'no created', signed(PAYMENT, { params: ['keyid', 'nonce'] })],
    ['missing_parameter', 'no created, none required', signed(PAYMENT, { params: ['keyid'] }), lax],
    ['missing_parameter', 'no keyid', signed(PAYMENT, { params: ['created', 'nonce'] })],
    ['missing_parameter', 'no nonce', signed(PAYMENT, { params: ['created', 'keyid'] })],
    ['missing_parameter', 'no tag', signed(), { profile: { params: ['tag'] } }],
    [
      'missing_nonce',
      'no nonce, asked for by the rule only',
      signed(PAYMENT, { params: ['created', 'keyid'] }),
      { profile: { params: [] } },
    ],
    ['malformed_nonce', 'nonce of one byte', signed(PAYMENT, { nonce: 'a' })],
    ['malformed_nonce', 'nonce empty', params(`${RIGHT};nonce=""`), lax],
    ['malformed_nonce', 'nonce of 257 characters', params(`${RIGHT};nonce="${'a'.repeat(257)}"`), lax],
    ['malformed_nonce', 'nonce as a token', params(`${RIGHT};nonce=abcdefghijklmnop`), lax],
    ['malformed_nonce', 'nonce as bytes', params(`${RIGHT};nonce=:YWJj:`), lax],
    [
      'unclean_header',
      'a control character in the nonce',
      params(`${RIGHT};nonce="abcdefghijklmnop\u0001"`),
      lax,
    ],
    ['malformed_signature', 'a tab in the nonce', params(`${RIGHT};nonce="abcdefghijklmnop\t"`), lax],
    ['malformed_parameter', 'an unknown parameter', params(`${RIGHT};priority=1`), lax],
    ['malformed_parameter', 'tag as a token', params(`${RIGHT};tag=a`), lax],
    ['malformed_parameter', 'alg as a token', params(`${RIGHT};alg=ed25519`), lax],
    ['duplicate_parameter', 'created twice', params(`${RIGHT};created=1`), lax],
    ['duplicate_parameter', 'keyid twice', params(`${RIGHT};keyid="a"`), lax],
    ['unsupported_algorithm', 'alg none', params(`${RIGHT};alg="none"`), lax],
    ['unsupported_algorithm', 'alg of JOSE', params(`${RIGHT};alg="EdDSA"`), lax],
    ['unsupported_algorithm', 'alg in upper case', params(`${RIGHT};alg="ED25519"`), lax],
    ['algorithm_mismatch', 'alg of another family', params(`${RIGHT};alg="hmac-sha256"`), lax],
    ['malformed_key_id', 'keyid empty', params(`;created=${NOW_S};keyid=""`), lax],
    ['malformed_key_id', 'keyid as a token', params(`;created=${NOW_S};keyid=ed25519`), lax],
    [
      'malformed_key_id',
      'keyid of 257 characters',
      params(`;created=${NOW_S};keyid="${'k'.repeat(257)}"`),
      lax,
    ],
    ...[
      '../../etc/passwd',
      '__proto__',
      'constructor',
      'https://evil.example/key',
      '*',
      'ed25519 ',
      'ED25519',
    ].map(
      (keyid): Row => ['unknown_key', `keyid ${keyid}`, params(`;created=${NOW_S};keyid="${keyid}"`), lax],
    ),
    [
      'bad_signature',
      'the key of another',
      edited(signed(), 'signature-input', (value) => value.replace('"ed25519"', '"hmac-sha256"')),
    ],
  ]);

  test('an HMAC keyed with a public key proves nothing', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const input = `()${RIGHT};alg="hmac-sha256"`;
    const mac = signBytes(
      { ...signingKeyOf('hmac-sha256') },
      Buffer.from(`"@signature-params": ${input}${String(pem)}`),
    );
    const spec = withLine(
      PAYMENT,
      ['signature-input', `sig1=${input}`],
      ['signature', `sig1=:${mac.toString('base64')}:`],
    );
    expect(judge(spec, lax)).toBe('algorithm_mismatch');
  });
});

describe('components and headers (rows 4, 5, 8 to 11, 40 to 42)', () => {
  const one = (component: string) => typed(`(${component})${RIGHT}`);
  const amount: SignSpec = { components: [...COVER, 'x-amount'] };
  const withAmount = withLine(PAYMENT, ['x-amount', '100, 200']);
  const parameter: SignSpec = { components: [...COVER, '@query-param;name="currency"'] };
  denies([
    ...[
      '"Content-Digest"',
      'content-digest',
      '"content-digest";x',
      '"content-digest";req',
      '"content-digest";tr',
      '"@status"',
      '"@method";req',
      '"@signature-params"',
      '"@Method"',
      '"content-digest";bs;sf',
    ].map((component): Row => ['unknown_component', component, one(component), lax]),
    ['repeated_component', 'a component twice', one('"@method" "@method"'), lax],
    ['duplicate_parameter', 'a flag twice', one('"content-digest";sf;sf'), lax],
    ['missing_component', 'a header that is not there', one('"x-absent"'), lax],
    ['missing_component', 'an underscore for a hyphen', withLine(one('"x-absent"'), ['x_absent', '1']), lax],
    ['bad_signature', 'a covered header repeated', withLine(signed(withAmount, amount), ['x-amount', '1'])],
    [
      'bad_signature',
      'a covered header altered',
      withHeader(signed(withAmount, amount), 'x-amount', '100, 201'),
    ],
    [
      'unclean_header',
      'a comma in a covered header of a merged map',
      { ...signed(withAmount, amount), isLossy: true },
    ],
    [
      'unclean_header',
      '"!" in a covered header of a merged map',
      { ...signed(withLine(PAYMENT, ['x-amount', '1!']), amount), isLossy: true },
    ],
    [
      'unclean_header',
      'a raw byte for "!"',
      withHeader(
        signed(withLine(PAYMENT, ['x-amount', '1!']), amount),
        'x-amount',
        Buffer.from([0x31, 0xff]),
      ),
    ],
    [
      'unclean_header',
      'a line feed in a covered header',
      withHeader(signed(withAmount, amount), 'x-amount', '100,\n 200'),
    ],
    [
      'unclean_header',
      'NUL in a covered header',
      withHeader(signed(withAmount, amount), 'x-amount', '100, 200\0'),
    ],
    ['bad_signature', 'method altered', { ...signed(), method: 'PUT' }],
    ['bad_signature', 'method in another case', { ...signed(), method: 'post' }],
    ['bad_signature', 'path altered', { ...signed(), target: '/v1/refunds?currency=CNY' }],
    ['bad_signature', 'path folded', { ...signed({ ...PAYMENT, target: '/v1/../x' }), target: '/x' }],
    ['bad_signature', 'path decoded', { ...signed({ ...PAYMENT, target: '/a%2Fb' }), target: '/a/b' }],
    [
      'bad_signature',
      'query reordered',
      { ...signed({ ...PAYMENT, target: '/?a=1&b=2' }), target: '/?b=2&a=1' },
    ],
    ['bad_signature', '+ for %20', { ...signed({ ...PAYMENT, target: '/?a=+' }), target: '/?a=%20' }],
    [
      'repeated_component',
      'a covered query parameter again',
      { ...signed(PAYMENT, parameter), target: '/v1/payments?currency=CNY&currency=USD' },
    ],
    ['bad_signature', 'another authority', { ...signed(), authority: 'other.example' }],
    ['bad_signature', 'a final dot', { ...signed(), authority: 'pay.example.' }],
    ['bad_signature', 'another port', { ...signed(), authority: 'pay.example:444' }],
    ['malformed_authority', 'userinfo', { ...signed(), authority: 'pay.example@other.example' }],
    [
      'malformed_target',
      'absolute target',
      { ...signed(), target: 'https://other.example/v1/payments?currency=CNY' },
    ],
    [
      'bad_signature',
      'the signed authority in other headers',
      withLine(
        { ...signed(), authority: 'other.example' },
        ['host', 'pay.example'],
        ['x-forwarded-host', 'pay.example'],
      ),
    ],
    [
      'bad_signature',
      'the signed method in a header',
      withLine(
        { ...signed(), method: 'DELETE' },
        ['@method', 'POST'],
        ['method', 'POST'],
        ['x-http-method-override', 'POST'],
      ),
    ],
  ]);
});

describe('digest and coverage (rows 12, 16, 18, 19)', () => {
  const other = '{"amount":999}';
  const uncovered: SignSpec = { components: ['@method', '@authority', '@path', '@query'] };
  const onlyKey: SignSpec = {
    components: ['@method', '@authority', '@path', '@query', '"content-digest";key="sha-256"'],
  };
  const sent = (spec: MessageSpec, digest: string) => withLine(spec, ['content-digest', digest]);
  denies([
    ['digest_mismatch', 'another body', { ...signed(), body: other }],
    ['digest_mismatch', 'NFD for NFC', { ...signed({ ...PAYMENT, body: 'caf\u00e9' }), body: 'cafe\u0301' }],
    ['digest_mismatch', 'a byte order mark', { ...signed(), body: '\uFEFF{"amount":100}' }],
    ['partial_body', 'a body cut short', { ...signed(), isPartial: true }],
    [
      'bad_signature',
      'another body with its digest',
      withHeader({ ...signed(), body: other }, 'content-digest', contentDigest(Buffer.from(other))),
    ],
    [
      'insufficient_coverage',
      'another body, its digest not covered',
      sent({ ...signed(PAYMENT, uncovered), body: other }, contentDigest(Buffer.from(other))),
    ],
    ['insufficient_coverage', 'one member of the digest covered', signed(PAYMENT, onlyKey)],
    [
      'insufficient_coverage',
      'one query parameter for the query',
      signed(PAYMENT, {
        components: ['@method', '@authority', '@path', 'content-digest', '@query-param;name="currency"'],
      }),
    ],
    ['missing_digest', 'no digest', signed(PAYMENT, uncovered)],
    ['unsupported_digest', 'md5 only', signed(sent(PAYMENT, 'md5=:AAAA:'))],
    [
      'digest_mismatch',
      'one right and one wrong',
      signed(sent(PAYMENT, `${contentDigest(Buffer.from('{"amount":100}'))}, sha-512=:${'A'.repeat(86)}==:`)),
    ],
    [
      'malformed_digest',
      'twice',
      signed(
        sent(sent(PAYMENT, contentDigest(Buffer.from('{"amount":100}'))), contentDigest(Buffer.from(other))),
      ),
    ],
  ]);
});
