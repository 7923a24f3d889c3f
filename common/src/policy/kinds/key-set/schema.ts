import {
  boolean,
  checked,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type Reader,
  reportKey,
  required,
  text,
  time,
  unionByKey,
  withDefault,
} from '../../schema/index.ts';
import type { KeySetSpec, KeySpec } from '../../types.ts';

type Secret = KeySpec['secret'];

const keyId = text('a key id of 1 to 128 letters, digits, ".", "_" and "-"', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
});

/** It becomes the value of a header, so no character may end or split one. */
const owner = text('the principal: 1 to 128 letters, digits, ".", "_", "-", ":", "@" and "/"', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/,
});

const secret: Reader<Secret> = unionByKey<Secret>({
  file: mapped(
    object<{ readonly path: string }>({
      path: required(
        'file',
        text('the path of a file with the key in base64', { pattern: /^[^\0\n]{1,1024}$/ }),
      ),
    }),
    ({ path }) => ({ kind: 'file', path }),
  ),
  env: mapped(
    object<{ readonly name: string }>({
      name: required('env', text('the name of an environment variable', { pattern: /^[A-Za-z_]\w{0,127}$/ })),
    }),
    ({ name }) => ({ kind: 'env', name }),
  ),
});

const keyFields = object<KeySpec>({
  id: required('id', keyId),
  owner: required('owner', owner),
  algorithm: withDefault('algorithm', oneOf(['hmac-sha256']), 'hmac-sha256'),
  secret: required('secret', secret),
  notBeforeMs: optional('notBefore', time),
  notAfterMs: optional('notAfter', time),
  revoked: withDefault('revoked', boolean, false),
});

const key = checked(keyFields, ({ notBeforeMs, notAfterMs }, place, context) => {
  if (notBeforeMs === undefined || notAfterMs === undefined || notBeforeMs < notAfterMs) return true;
  reportKey(context, 'PM2201', place, {
    key: 'notAfter',
    expected: `a time after notBefore, ${new Date(notBeforeMs).toISOString()}`,
    got: new Date(notAfterMs).toISOString(),
  });
  return false;
});

/** How the spec of a KeySet is read. */
export const keySetSchema: Reader<KeySetSpec> = object<KeySetSpec>({
  keys: required(
    'keys',
    list(key, { max: 10_000, what: 'keys', identity: ({ id }) => id, repeated: 'PM3010' }),
  ),
});
