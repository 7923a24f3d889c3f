import {
  boolean,
  checked,
  duration,
  format,
  headerSelector,
  list,
  mapped,
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
import type { AccessIdentity, JwtAlgorithm, JwtSpec } from '../../types.ts';
import { isClaimedHeader } from './headers.ts';

const algorithms: readonly JwtAlgorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const MS_PER_SECOND = 1_000;

const printable = (what: string) => text(what, { pattern: /^[\x21-\x7e]{1,512}$/ });

/** Keys fetched in the clear could be anybody's; on loopback nobody stands between. */
const KEY_URL = /^(?:https:\/\/|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?\/)[\x21-\x7e]{1,1024}$/;

const keys: Reader<JwtSpec['keys']> = unionByKey<JwtSpec['keys']>({
  file: mapped(
    object<{ readonly path: string }>({
      path: required('file', text('the path of a JWKS file', { pattern: /^[^\0\n]{1,1024}$/ })),
    }),
    ({ path }) => ({ kind: 'file', path }),
  ),
  url: mapped(
    object<{ readonly url: string }>({
      url: required(
        'url',
        format({
          code: 'PM2112',
          expected: 'an https URL of a JWKS, or an http URL on loopback',
          parse: (typed) => (KEY_URL.test(typed) && URL.canParse(typed) ? typed : undefined),
        }),
      ),
    }),
    ({ url }) => ({ kind: 'url', url }),
  ),
});

const jwtFields = object<JwtSpec>({
  issuer: required('issuer', printable('the issuer as it stands in iss, 1 to 512 visible characters')),
  audiences: required(
    'audiences',
    list(printable('an audience as it stands in aud, 1 to 512 visible characters'), {
      max: 16,
      what: 'audiences',
      identity: (item) => item,
    }),
  ),
  algorithms: required(
    'algorithms',
    list(oneOf(algorithms), { max: algorithms.length, what: 'algorithms', identity: (item) => item }),
  ),
  keys: required('keys', keys),
  header: withDefault('header', headerSelector, 'authorization'),
  required: withDefault('required', boolean, true),
  cnf: withDefault('cnf', oneOf(['Required', 'None']), 'None'),
  clockSkewMs: withDefault('clockSkew', duration({ min: '1s', max: '5m' }), 30_000),
  maxAgeMs: optional('maxAge', duration({ min: '1s', max: '30d' })),
});

const jwt = checked(jwtFields, ({ clockSkewMs, header }, place, context) => {
  if (clockSkewMs % MS_PER_SECOND !== 0) {
    const expected = 'whole seconds: tokens and proxies count in them';
    reportKey(context, 'PM2103', place, { key: 'clockSkew', expected, got: `${clockSkewMs}ms` });
    return false;
  }
  if (header === 'authorization' || !isClaimedHeader(header)) return true;
  const expected = 'a header that clients send and no proxy writes';
  reportKey(context, 'PM4022', place, { key: 'header', expected, got: `header(${header})` });
  return false;
});

/** How `spec.identity` is read. */
export const identity: Reader<AccessIdentity> = object<AccessIdentity>({
  mtls: withDefault('mtls', oneOf(['Required', 'Optional']), 'Optional'),
  jwt: optional('jwt', jwt),
});
