import {
  boolean,
  checked,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type Place,
  type ReadContext,
  type Reader,
  reportKey,
  required,
  time,
  unionByKey,
  withDefault,
} from '../../schema/index.ts';
import type {
  KeyFolderSpec,
  KeySetSpec,
  KeySpec,
  PublicKeySpec,
  SecretEncoding,
  SecretKeySpec,
} from '../../types.ts';
import { jwks, wechatCertificates } from './remote-sources.ts';
import { keyAlgorithm, keyId, owner, path, publicKeyAlgorithm, textSource, variable } from './words.ts';

type Secret = SecretKeySpec['secret'];

const encoding = optional('encoding', oneOf<SecretEncoding>(['base64', 'hex', 'text']));
const secretPath = path('the path of a file with the key in base64');

const secret: Reader<Secret> = unionByKey<Secret>({
  file: mapped(
    object<{ readonly path: string; readonly encoding?: SecretEncoding }>({
      path: required('file', secretPath),
      encoding,
    }),
    (read) => ({ kind: 'file', ...read }),
  ),
  env: mapped(
    object<{ readonly name: string; readonly encoding?: SecretEncoding }>({
      name: required('env', variable),
      encoding,
    }),
    (read) => ({ kind: 'env', ...read }),
  ),
});

/** A key as it is typed: which of the two materials it needs, its algorithm says. */
interface TypedKey extends Omit<SecretKeySpec, 'algorithm' | 'secret'> {
  readonly algorithm: KeySpec['algorithm'];
  readonly secret?: Secret;
  readonly publicKey?: PublicKeySpec['publicKey'];
}

const typedKey = object<TypedKey>(
  {
    id: required('id', keyId),
    owner: required('owner', owner),
    algorithm: withDefault('algorithm', keyAlgorithm, 'hmac-sha256'),
    secret: optional('secret', secret),
    publicKey: optional('publicKey', textSource('a public key')),
    notBeforeMs: optional('notBefore', time),
    notAfterMs: optional('notAfter', time),
    revoked: withDefault('revoked', boolean, false),
  },
  { atLeastOne: ['secret', 'publicKey'] },
);

const dated = checked(typedKey, ({ notBeforeMs, notAfterMs }, place, context) => {
  if (notBeforeMs === undefined || notAfterMs === undefined || notBeforeMs < notAfterMs) return true;
  reportKey(context, 'PM2201', place, {
    key: 'notAfter',
    expected: `a time after notBefore, ${new Date(notBeforeMs).toISOString()}`,
    got: new Date(notAfterMs).toISOString(),
  });
  return false;
});

const key: Reader<KeySpec> = {
  expected: dated.expected,
  read: (place, context) => {
    const typed = dated.read(place, context);
    return typed === undefined ? undefined : withMaterial(typed, place, context);
  },
};

function withMaterial(typed: TypedKey, place: Place, context: ReadContext): KeySpec | undefined {
  const { algorithm, secret: secretSource, publicKey, ...common } = typed;
  if (algorithm === 'hmac-sha256') {
    if (secretSource !== undefined && publicKey === undefined) {
      return { ...common, algorithm, secret: secretSource };
    }
    return reportKey(context, 'PM2211', place, {
      key: 'publicKey',
      expected: 'a secret, for the algorithm is hmac-sha256',
      got: 'a public key',
      hint: 'write the algorithm of the public key',
    });
  }
  if (publicKey !== undefined && secretSource === undefined) return { ...common, algorithm, publicKey };
  return reportKey(context, 'PM2211', place, {
    key: 'secret',
    expected: `a publicKey, for the algorithm is ${algorithm}`,
    got: 'a secret',
  });
}

const folder = object<KeyFolderSpec>({
  path: required('path', path('the path of a folder with one public key per file')),
  algorithm: required('algorithm', publicKeyAlgorithm),
  owner: required('owner', owner),
});

/** How the spec of a KeySet is read. */
export const keySetSchema: Reader<KeySetSpec> = object<KeySetSpec>(
  {
    keys: withDefault(
      'keys',
      list(key, { max: 10_000, what: 'keys', identity: ({ id }) => id, repeated: 'PM3010' }),
      [],
    ),
    folder: optional('folder', folder),
    jwks: optional('jwks', jwks),
    wechatCertificates: optional('wechatCertificates', wechatCertificates),
  },
  { atLeastOne: ['keys', 'folder', 'jwks', 'wechatCertificates'] },
);
