import {
  boolean,
  checked,
  cidr,
  entries,
  list,
  mapped,
  name,
  object,
  oneOf,
  optional,
  type Reader,
  reportKey,
  required,
  text,
  unionByKey,
  withDefault,
} from '../../schema/index.ts';
import type { AccessRule, ClaimMatch, HeaderMatch, PeerMatch } from '../../types.ts';
import { methods, pathMatch } from '../route/schema.ts';
import { isClaimedHeader } from './headers.ts';

/** Longest CEL expression, in characters. */
const MAX_EXPRESSION = 4_096;

type HeaderValue =
  | { readonly kind: 'exact' | 'prefix'; readonly value: string }
  | { readonly kind: 'present' };

const SPIFFE = String.raw`spiffe:\/\/[a-z0-9._-]{1,255}`;
const DNS = `(?=.{1,253}$)[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?`;

/** A name that a certificate can hold, and no subject: those are written in too many ways. */
const peerName = text('a SPIFFE id such as spiffe://mesh/ns/pay/sa/payments, or a DNS name', {
  pattern: new RegExp(String.raw`^(?:${SPIFFE}(?:\/[A-Za-z0-9._-]{1,255}){1,16}|${DNS})$`),
});

/** Ends a segment: `spiffe://mesh/ns/pay` would take `spiffe://mesh/ns/payroll` too. */
const peerPrefix = text('the beginning of a SPIFFE id, to a slash: spiffe://mesh/ns/pay/', {
  pattern: new RegExp(String.raw`^${SPIFFE}\/(?:[A-Za-z0-9._-]{1,255}\/){0,16}$`),
});

const peer: Reader<PeerMatch> = unionByKey<PeerMatch>({
  exact: mapped(object<{ readonly value: string }>({ value: required('exact', peerName) }), ({ value }) => ({
    kind: 'exact',
    value,
  })),
  prefix: mapped(
    object<{ readonly value: string }>({ value: required('prefix', peerPrefix) }),
    ({ value }) => ({ kind: 'prefix', value }),
  ),
});

/** A comma joins the lines of a header that was sent twice. */
const headerText = text('1 to 256 visible characters and no comma', {
  pattern: /^[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]{0,254}[\x21-\x2b\x2d-\x7e])?$/,
});

const headerValue: Reader<HeaderValue> = unionByKey<HeaderValue>({
  exact: headerBranch('exact'),
  prefix: headerBranch('prefix'),
  present: mapped(
    checked(
      object<{ readonly is: boolean }>({ is: required('present', boolean) }),
      ({ is }, place, context) => {
        if (!is) reportKey(context, 'PM2104', place, { key: 'present', expected: 'true', got: 'false' });
        return is;
      },
    ),
    () => ({ kind: 'present' }),
  ),
});

function headerBranch(kind: 'exact' | 'prefix'): Reader<HeaderValue> {
  return mapped(object<{ readonly value: string }>({ value: required(kind, headerText) }), ({ value }) => ({
    kind,
    value,
  }));
}

const headers: Reader<readonly HeaderMatch[]> = mapped(
  checked(
    entries({
      max: 16,
      what: 'headers',
      key: (typed) => (/^[A-Za-z0-9][A-Za-z0-9-]{0,126}$/.test(typed) ? typed.toLowerCase() : undefined),
      keyExpected: 'the name of a header: letters, digits and "-"',
      value: headerValue,
    }),
    (pairs, { node, path }, context) => {
      const claimed = pairs.map(([header]) => header).filter(isClaimedHeader);
      const [first] = claimed;
      if (first === undefined) return true;
      const expected =
        'headers of which this service is the judge: identity is proven by mtls, jwt or a signature';
      const place = { node, path: path.replace(/\.headers$/, '') };
      reportKey(context, 'PM4022', place, { key: 'headers', expected, got: claimed.join(', ') });
      return false;
    },
  ),
  (pairs) => pairs.map(([header, value]): HeaderMatch => ({ name: header, ...value })),
);

const claimValue = text('a value of 1 to 256 visible characters', { pattern: /^[\x20-\x7e]{1,256}$/ });

const claims: Reader<readonly ClaimMatch[]> = mapped(
  entries({
    max: 16,
    what: 'claims',
    key: (typed) => (/^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64}){0,7}$/.test(typed) ? typed : undefined),
    keyExpected: 'a claim, with a dot before each member of it: realm_access.roles',
    value: list(claimValue, { max: 64, what: 'values', identity: (item) => item }),
  }),
  (pairs) =>
    pairs.map(([path, values]): ClaimMatch => {
      const [first = '', ...rest] = path.split('.');
      return { path: [first, ...rest], values };
    }),
);

const owner = text('the principal that a key has as its owner', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/,
});

const expression = text(`a CEL expression of at most ${MAX_EXPRESSION} characters`, {
  pattern: new RegExp(String.raw`^[\s\S]{1,${MAX_EXPRESSION}}$`),
});

function some<T>(item: Reader<T>, what: string, max = 64): Reader<readonly T[]> {
  return list(item, { max, what, identity: (value) => JSON.stringify(value) });
}

/** How one of `spec.rules` is read. */
export const rule: Reader<AccessRule> = object<AccessRule>({
  name: required('name', name),
  action: required('action', oneOf(['Allow', 'Deny'])),
  methods: withDefault('methods', some(oneOf(methods), 'methods'), []),
  paths: withDefault('paths', some(pathMatch, 'paths'), []),
  sources: withDefault('sources', some(cidr, 'ranges of addresses', 256), []),
  peers: withDefault('peers', some(peer, 'names of peers'), []),
  principals: withDefault('principals', some(owner, 'principals', 256), []),
  claims: withDefault('claims', claims, []),
  headers: withDefault('headers', headers, []),
  when: optional('when', expression),
});
