import { describe, expect, test } from '@jest/globals';

import { type MessageSpec, messageOf } from '../../testing/rfc9421.ts';
import { parseDictionary } from '../structured-field/index.ts';
import { signatureBase } from './canonical.ts';
import { componentId } from './index.ts';

/** The lines of a base without the last, or why there is none. */
function base(components: string, spec: MessageSpec): string {
  const parsed = parseDictionary([`s=(${components})`]);
  const input = parsed.kind === 'parsed' ? parsed.value.get('s') : undefined;
  if (input?.kind !== 'inner-list') throw new Error(`${components} is no list`);
  const built = signatureBase(messageOf(spec), input);
  if (built.kind === 'refused') return built.reason;
  return built.text.slice(0, built.text.lastIndexOf('"@signature-params": ')).trimEnd();
}

const EXAMPLE: MessageSpec = { method: 'POST', authority: 'www.example.com', target: '/path?param=value' };

describe('derived components of RFC 9421 section 2.2', () => {
  test.each<readonly [string, MessageSpec, string]>([
    ['"@method"', EXAMPLE, 'POST'],
    ['"@method"', { method: 'gEt' }, 'gEt'],
    ['"@target-uri"', EXAMPLE, 'https://www.example.com/path?param=value'],
    ['"@target-uri"', { method: 'OPTIONS', target: '*' }, 'https://example.com'],
    ['"@authority"', EXAMPLE, 'www.example.com'],
    ['"@scheme"', { scheme: 'HTTP' }, 'http'],
    ['"@request-target"', EXAMPLE, '/path?param=value'],
    ['"@request-target"', { method: 'OPTIONS', target: '*' }, '*'],
    ['"@request-target"', { target: 'https://example.com/path?a=1' }, 'https://example.com/path?a=1'],
    ['"@request-target"', { method: 'CONNECT', target: 'EXAMPLE.com:443' }, 'EXAMPLE.com:443'],
    ['"@target-uri"', { target: 'HTTPS://Example.com:443?a=1' }, 'https://example.com?a=1'],
    ['"@path"', { target: 'https://example.com/path?a=1' }, '/path'],
    ['"@path"', { target: 'https://example.com' }, '/'],
    ['"@query"', { target: 'https://example.com/path?a=1' }, '?a=1'],
    ['"@path"', EXAMPLE, '/path'],
    ['"@path"', { target: '/a//b/./%2e%2E/%2F' }, '/a//b/./%2e%2E/%2F'],
    ['"@path"', { method: 'OPTIONS', target: '*' }, '/'],
    ['"@query"', { target: '/path?param=value&foo=bar&baz=bat%2Dman' }, '?param=value&foo=bar&baz=bat%2Dman'],
    ['"@query"', { target: '/path?queryString' }, '?queryString'],
    ['"@query"', { target: '/path' }, '?'],
    ['"@query"', { target: '/path?' }, '?'],
    ['"@query"', { target: '/path?a?b' }, '?a?b'],
  ])('%s of %j is %s', (component, spec, value) => {
    expect(base(component, spec)).toBe(`${component}: ${value}`);
  });

  test.each([
    ['Example.COM', 'https', 'example.com'],
    ['example.com:443', 'https', 'example.com'],
    ['example.com:443', 'http', 'example.com:443'],
    ['example.com:80', 'http', 'example.com'],
    ['example.com:8443', 'https', 'example.com:8443'],
    ['example.com:1443', 'https', 'example.com:1443'],
    ['example.com.', 'https', 'example.com.'],
    ['example.com:', 'https', 'example.com'],
    ['[2001:DB8::1]:443', 'https', '[2001:db8::1]'],
    ['[::1]', 'https', '[::1]'],
    ['192.0.2.1:80', 'https', '192.0.2.1:80'],
  ])('"@authority" of %s over %s is %s', (authority, scheme, value) => {
    expect(base('"@authority"', { authority, scheme })).toBe(`"@authority": ${value}`);
  });

  test('take nothing from headers', () => {
    const headers = [
      ['@method', 'PUT'],
      ['method', 'PUT'],
      [':method', 'PUT'],
      ['x-http-method-override', 'PUT'],
      ['host', 'other.example'],
      ['x-forwarded-host', 'other.example'],
      ['forwarded', 'host=other.example'],
      ['x-original-url', '/other'],
    ] as const;
    expect(base('"@method" "@authority" "@path"', { ...EXAMPLE, headers })).toBe(
      '"@method": POST\n"@authority": www.example.com\n"@path": /path',
    );
  });
});

describe('@query-param', () => {
  const odd =
    '/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something';

  test.each([
    ['/path?param=value&foo=bar&baz=batman&qux=', 'baz', 'batman'],
    ['/path?param=value&foo=bar&baz=batman&qux=', 'qux', ''],
    ['/path?param=value&foo=bar&baz=batman&qux=', 'param', 'value'],
    [odd, 'var', 'this%20is%20a%20big%0Amultiline%20value'],
    [odd, 'bar', 'with%20plus%20whitespace'],
    [odd, 'fa%C3%A7ade%22%3A%20', 'something'],
    ['/?a', 'a', ''],
    ['/?&&a=1&', 'a', '1'],
    ['/?=x', '', 'x'],
    ['/?a=b=c', 'a', 'b%3Dc'],
    ['/?a=1;b=2', 'a', '1%3Bb%3D2'],
    ['/?a=*-._~', 'a', '*-._%7E'],
    ['/?a=%61%2b%e2%82%ac', 'a', 'a%2B%E2%82%AC'],
    ['/?a=100%&b=%zz', 'a', '100%25'],
  ])('of %s named %j is %j', (target, name, value) => {
    expect(base(`"@query-param";name="${name}"`, { target })).toBe(
      `"@query-param";name="${name}": ${value}`.trimEnd(),
    );
  });

  test.each([
    ['/?a=1', 'b', 'missing_component'],
    ['/', 'a', 'missing_component'],
    ['/?%61=1', '%61', 'missing_component'],
    ['/?A=1', 'a', 'missing_component'],
    ['/?a=1&a=1', 'a', 'repeated_component'],
    ['/?a=1&%61=2', 'a', 'repeated_component'],
    ['/?a=%ff', 'a', 'malformed_target'],
    ['/?a=1&b=%c0%af', 'a', 'malformed_target'],
    [`/?${'&'.repeat(1_024)}a=1`, 'a', 'oversized_signature'],
  ])('of %s named %j is refused: %s', (target, name, reason) => {
    expect(base(`"@query-param";name="${name}"`, { target })).toBe(reason);
  });
});

describe('fields of RFC 9421 section 2.1', () => {
  const headers = [
    ['Date', 'Tue, 20 Apr 2021 02:07:56 GMT'],
    ['X-OWS-Header', '  Leading and trailing whitespace. \t'],
    ['Cache-Control', 'max-age=60'],
    ['Cache-Control', '   must-revalidate'],
    ['Example-Dict', ' a=1,    b=2;x=1;y=2,   c=(a   b    c), d'],
    ['X-Empty-Header', ' '],
    ['Example-Header', 'value, with, lots'],
    ['Example-Header', 'of, commas'],
    ['X-Raw', Buffer.from([0xc3, 0xa9])],
    ['Priority', 'u=1'],
    ['Priority', 'i'],
    ['Cache-Status', 'a;hit,   b'],
    ['Idempotency-Key', '"k";  a=1.0'],
    ['X-Other', 'a=1,b=(1  2)'],
  ] as const;

  test.each([
    ['"date"', 'Tue, 20 Apr 2021 02:07:56 GMT'],
    ['"x-ows-header"', 'Leading and trailing whitespace.'],
    ['"cache-control"', 'max-age=60, must-revalidate'],
    ['"example-dict"', 'a=1,    b=2;x=1;y=2,   c=(a   b    c), d'],
    ['"x-empty-header"', ''],
    ['"example-dict";sf', 'a=1, b=2;x=1;y=2, c=(a b c), d'],
    ['"example-dict";key="a"', '1'],
    ['"example-dict";key="d"', '?1'],
    ['"example-dict";key="b"', '2;x=1;y=2'],
    ['"example-dict";key="c"', '(a b c)'],
    ['"example-dict";sf;key="a"', '1'],
    ['"example-header"', 'value, with, lots, of, commas'],
    ['"example-header";bs', ':dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:'],
    ['"x-raw";bs', ':w6k=:'],
    ['"x-empty-header";bs', '::'],
    ['"priority";sf', 'u=1, i'],
    ['"priority";key="i"', '?1'],
    ['"cache-status";sf', 'a;hit, b'],
    ['"idempotency-key";sf', '"k";a=1.0'],
    ['"x-other";key="b"', '(1 2)'],
    ['"host"', 'example.com'],
  ])('%s is %s', (component, value) => {
    expect(base(component, { headers })).toBe(`${component}: ${value}`.trimEnd());
  });

  test.each([
    ['unclean_header', '"x-raw"'],
    ['unclean_header', '"x-raw";sf'.replace('x-raw', 'date').replace(';sf', ';key="a"')],
    ['unknown_component', '"x-other";sf'],
    ['unknown_component', '"cache-control";sf'],
    ['unknown_component', '"cache-status";key="a"'],
    ['missing_component', '"x-other";key="c"'],
    ['missing_component', '"x-absent"'],
    ['missing_component', '"x-absent";bs'],
    ['missing_component', '"priority-";key="a"'],
  ])('are refused, %s: %s', (reason, component) => {
    expect(base(component, { headers })).toBe(reason);
  });

  test.each([
    ['a line feed', 'a\nb', '"x-a"'],
    ['a line feed, as bytes', 'a\nb', '"x-a";bs'],
    ['an obsolete fold', 'a\r\n b', '"x-a"'],
    ['an obsolete fold, as bytes', 'a\r\n b', '"x-a";bs'],
    ['NUL', 'a\0', '"x-a"'],
    ['a dictionary key twice', 'a=1, a=2', '"x-a";key="a"'],
  ])('are refused with %s', (_, value, component) => {
    expect(base(component, { headers: [['x-a', value]] })).toBe('unclean_header');
  });

  test.each([
    ['a, b', '"x-a"', 'unclean_header'],
    ['a!', '"x-a"', 'unclean_header'],
    ['a, b', '"x-a";bs', 'unclean_header'],
    ['a=1, b=2', '"x-a";key="a"', 'unclean_header'],
    ['a b', '"x-a"', '"x-a": a b'],
    ['a b', '"x-a";bs', '"x-a";bs: :YSBi:'],
  ])('of a merged map: %j as %s', (value, component, outcome) => {
    expect(base(component, { headers: [['x-a', value]], isLossy: true })).toBe(outcome);
  });

  test('host must be the authority', () => {
    expect(base('"host"', { headers: [['host', 'other.example']] })).toBe('malformed_authority');
    expect(base('"host"', { authority: 'EXAMPLE.com', headers: [['host', 'EXAMPLE.com']] })).toBe(
      '"host": EXAMPLE.com',
    );
  });
});

describe('identifiers that no request has', () => {
  test.each([
    '"@status"',
    '"@signature-params"',
    '"@unknown"',
    '"@Method"',
    '"@method";req',
    '"@method";tr',
    '"@method";sf',
    '"@query-param"',
    '"@query-param";name=a',
    '"@query-param";name="a";sf',
    '"@query-param";key="a"',
    '"Content-Type"',
    '"content-type";req',
    '"content-type";tr',
    '"content-type";unknown',
    '"content-type";sf=?0',
    '"content-type";sf=1',
    '"content-type";bs;sf',
    '"content-type";sf;bs',
    '"content-type";bs;key="a"',
    '"content-type";key=a',
    '"content-type";key',
    '"content-type";name="a"',
    '":path"',
    '"content type"',
    '"content-type:"',
    '""',
    '"@"',
    'content-type',
    '1',
  ])('%s', (component) => {
    expect(base(component, { headers: [['content-type', 'a']] })).toBe('unknown_component');
  });

  test.each(['"date" "date"', '"@method" "date" "@method"', '"date";sf;key="a" "date";key="a";sf'])(
    'repeated: %s',
    (components) => {
      expect(base(components, { headers: [['date', 'a=1']] })).toBe('repeated_component');
    },
  );

  test('more than 64', () => {
    const names = (count: number) =>
      Array.from({ length: count }, (_, at) => `"@query-param";name="${at}"`).join(' ');
    const target = `/?${Array.from({ length: 65 }, (_, at) => `${at}=`).join('&')}`;
    expect(base(names(64), { target })).toContain('"@query-param";name="63":');
    expect(base(names(65), { target })).toBe('oversized_signature');
  });

  test('whose values are too long together', () => {
    const headers = Array.from({ length: 20 }, () => ['x-a', 'a'.repeat(8_000)] as const);
    expect(base('"x-a"', { headers })).toBe('oversized_signature');
  });
});

describe('requests that could be two', () => {
  test.each([
    'user@example.com',
    'user:pass@example.com',
    'example.com:port',
    'example.com:443:443',
    'example.com/path',
    'exa mple.com',
    'example.com%2f',
    'ｅxample.com',
    '[::1',
    '[fe80::1%25eth0]',
    'a,b@c',
    '',
  ])('authority %j', (authority) => {
    expect(base('"@method"', { authority })).toBe('malformed_authority');
  });

  test.each(['ftp', '', 'https '])('scheme %j', (scheme) => {
    expect(base('"@method"', { scheme })).toBe('malformed_authority');
  });

  test.each<MessageSpec>([
    { target: 'https://other.example/path' },
    { target: 'http://example.com/path' },
    { target: 'https://a@example.com/path' },
    { target: 'https:///path' },
    { target: 'https://example.com/path', isLossy: true },
    { target: 'other.example:443', method: 'CONNECT' },
    { target: 'example.com:80', method: 'CONNECT' },
    { target: 'example.com:443' },
    { target: '*' },
    { target: '' },
    { target: 'path' },
    { target: '/a b' },
    { target: '/a#b' },
    { target: '/é' },
    { target: '/a\n' },
    { target: '/a!', isLossy: true },
    { method: 'GET ' },
    { method: '' },
    { method: 'GET\n"@path": /' },
  ])('target and method %j', (spec) => {
    expect(base('"@method"', spec)).toBe('malformed_target');
  });
});

describe('componentId', () => {
  test.each([
    ['@method', '"@method"'],
    ['"@method"', '"@method"'],
    ['content-digest', '"content-digest"'],
    ['"content-digest";key="sha-256"', '"content-digest";key="sha-256"'],
    ['@query-param;name="id"', '"@query-param";name="id"'],
    ['"date";sf;key="a"', '"date";key="a";sf'],
    ['"date"; key="a"', '"date";key="a"'],
  ])('of %s is %s', (typed, id) => {
    expect(componentId(typed)).toBe(id);
  });

  test.each([
    '',
    '"',
    '@status',
    '"@method',
    '@method;req',
    'Content-Digest',
    'a"b',
    'a b',
    '"a" "b"',
    '"a";sf;sf',
  ])('of %j is none', (typed) => {
    expect(componentId(typed)).toBeUndefined();
  });
});
