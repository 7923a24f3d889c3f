import {
  didYouMean,
  format,
  mapped,
  object,
  type Reader,
  required,
  text,
  unionByKey,
} from '../../schema/index.ts';
import type { PublicKeyAlgorithm, TextSource } from '../../types.ts';

/** Names that a key can have; it stands in headers, metrics and file names. */
export const keyId: Reader<string> = text('a key id of 1 to 128 letters, digits, ".", "_", "-" and "/"', {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/,
});

/** It becomes the value of a header, so no character may end or split one. */
export const owner: Reader<string> = text(
  'the principal: 1 to 128 letters, digits, ".", "_", "-", ":", "@" and "/"',
  { pattern: /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/ },
);

/** Path of a file or folder. */
export const path = (expected: string): Reader<string> => text(expected, { pattern: /^[^\0\n]{1,1024}$/ });

/** Name of an environment variable. */
export const variable: Reader<string> = text('the name of an environment variable', {
  pattern: /^[A-Za-z_]\w{0,127}$/,
});

/** `{file: PATH}` or `{env: NAME}`. */
export function textSource(what: string): Reader<TextSource> {
  return unionByKey<TextSource>({
    file: mapped(
      object<{ readonly path: string }>({ path: required('file', path(`the path of a file with ${what}`)) }),
      (read) => ({ kind: 'file', ...read }),
    ),
    env: mapped(object<{ readonly name: string }>({ name: required('env', variable) }), (read) => ({
      kind: 'env',
      ...read,
    })),
  });
}

const PUBLIC_KEY_WORDS: Readonly<Record<string, PublicKeyAlgorithm>> = {
  ed25519: 'ed25519',
  'ecdsa-p256-sha256': 'ecdsa-p256-sha256',
  'ecdsa-p256': 'ecdsa-p256-sha256',
  'ecdsa-p384-sha384': 'ecdsa-p384-sha384',
  'ecdsa-p384': 'ecdsa-p384-sha384',
  'rsa-pss-sha512': 'rsa-pss-sha512',
  'rsa-v1_5-sha256': 'rsa-v1_5-sha256',
};

/** Algorithms of public keys, each by its full name. */
export const publicKeyAlgorithms: readonly PublicKeyAlgorithm[] = [
  ...new Set(Object.values(PUBLIC_KEY_WORDS)),
];

/** An algorithm of public keys; the short words for ECDSA are taken too. */
export const publicKeyAlgorithm: Reader<PublicKeyAlgorithm> = words(PUBLIC_KEY_WORDS);

/** Any algorithm of a key. */
export const keyAlgorithm: Reader<PublicKeyAlgorithm | 'hmac-sha256'> = words({
  'hmac-sha256': 'hmac-sha256',
  ...PUBLIC_KEY_WORDS,
});

function words<A extends string>(known: Readonly<Record<string, A>>): Reader<A> {
  const expected = `one of ${[...new Set(Object.values(known))].join(', ')}`;
  return format({
    code: 'PM2104',
    expected,
    parse: (typed) => (Object.hasOwn(known, typed) ? known[typed] : undefined),
    hint: (typed) => didYouMean(typed, Object.keys(known)),
  });
}
