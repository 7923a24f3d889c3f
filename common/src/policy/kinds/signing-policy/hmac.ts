import { parseSelector } from '../../names/selector.ts';
import {
  checked,
  didYouMean,
  format,
  headerSelector,
  keySetRef,
  list,
  object,
  oneOf,
  type Place,
  type ReadContext,
  type Reader,
  reportKey,
  required,
  withDefault,
} from '../../schema/index.ts';
import type { Covered, HmacVerifySpec } from '../../types.ts';

const plainParts = ['method', 'path', 'query', 'bodyDigest'] as const;

const covered = format<Covered>({
  code: 'PM2104',
  expected: `one of ${plainParts.join(', ')}, header(NAME)`,
  hint: (typed) => didYouMean(typed, plainParts),
  parse: (typed) => {
    const parsed = parseSelector(typed);
    if (parsed?.kind === 'header') return `header(${parsed.name})`;
    return plainParts.find((part) => part === typed);
  },
});

const fields = object<HmacVerifySpec>({
  scheme: required('scheme', oneOf(['hmac-sha256'])),
  keys: required(
    'keys',
    object<HmacVerifySpec['keys']>({
      keySet: required('from', keySetRef),
      idHeader: withDefault('id', headerSelector, 'x-key-id'),
    }),
  ),
  timestampHeader: withDefault('timestamp', headerSelector, 'x-timestamp'),
  nonceHeader: withDefault('nonce', headerSelector, 'x-nonce'),
  signatureHeader: withDefault('signature', headerSelector, 'x-signature'),
  cover: required(
    'cover',
    list(covered, { max: 32, what: 'parts of the request', identity: (item) => item }),
  ),
});

/** PAYMESH-HMAC-SHA256: four headers, and the parts that its text holds. */
export const hmacVerify: Reader<HmacVerifySpec> = checked(fields, (spec, place, context) => {
  // One finding a cause: a cover can only be judged once it is known which headers it must name.
  return hasOwnHeaders(spec, place, context) && coversEnough(spec, place, context);
});

/** Of two parts in one header, neither could be told from the other. */
function hasOwnHeaders(spec: HmacVerifySpec, place: Place, context: ReadContext): boolean {
  const named = [
    ['keys', spec.keys.idHeader],
    ['timestamp', spec.timestampHeader],
    ['nonce', spec.nonceHeader],
    ['signature', spec.signatureHeader],
  ] as const;
  const repeated = named.find(([, name], index) => named.findIndex(([, other]) => other === name) < index);
  if (repeated === undefined) return true;
  const [key, name] = repeated;
  const expected = 'a header for each of key id, timestamp, nonce and signature';
  reportKey(context, 'PM4011', place, { key, expected, got: `header(${name}) for two of them` });
  return false;
}

/** All that a forger could change, and nothing that no signature holds: itself, and Host, which Envoy makes :authority. */
function coversEnough(spec: HmacVerifySpec, place: Place, context: ReadContext): boolean {
  const never = [`header(${spec.signatureHeader})`, 'header(host)'].filter((item) =>
    spec.cover.includes(item as Covered),
  );
  if (never.length > 0) {
    const expected = 'parts of the request that are there before it is signed and reach ext-authz as sent';
    reportKey(context, 'PM4011', place, { key: 'cover', expected, got: never.join(', ') });
    return false;
  }
  const must = ['method', 'path', 'query', `header(${spec.timestampHeader})`, `header(${spec.nonceHeader})`];
  const missing = [...must, 'bodyDigest'].filter((item) => !spec.cover.includes(item as Covered));
  if (missing.length === 0) return true;
  reportKey(context, 'PM4006', place, {
    key: 'cover',
    expected: `${spec.scheme} to cover ${[...must, 'bodyDigest'].join(', ')}`,
    got: `no ${missing.join(', no ')}`,
    hint: `add ${missing.join(', ')}: what is not covered can be changed by a forger`,
  });
  return false;
}
