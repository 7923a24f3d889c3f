import { parseSelector, printSelector } from '../../names/selector.ts';
import {
  checked,
  duration,
  format,
  headerSelector,
  keySetRef,
  list,
  object,
  oneOf,
  type Reader,
  report,
  required,
  size,
  targetedFields,
  withDefault,
} from '../../schema/index.ts';
import type { Covered, SigningPolicySpec } from '../../types.ts';

type Verify = SigningPolicySpec['verify'];
type Replay = SigningPolicySpec['replay'];

const covered = format<Covered>({
  code: 'PM2104',
  expected: 'one of method, path, query, bodyDigest, header(NAME)',
  parse: (typed) => {
    if (typed === 'method' || typed === 'path' || typed === 'query' || typed === 'bodyDigest') return typed;
    const parsed = parseSelector(typed);
    return parsed?.kind === 'header' ? (printSelector(parsed) as Covered) : undefined;
  },
});

const verifyFields = object<Verify>({
  scheme: required('scheme', oneOf(['hmac-sha256'])),
  keys: required(
    'keys',
    object<Verify['keys']>({
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

const verify = checked(verifyFields, (spec, { node, path }, context) => {
  const must = ['method', 'path', 'query', `header(${spec.timestampHeader})`, `header(${spec.nonceHeader})`];
  const missing = [...must, 'bodyDigest'].filter((item) => !spec.cover.includes(item as Covered));
  if (missing.length === 0) return true;
  const typed = node.kind === 'map' ? node.entries.get('cover')?.value : undefined;
  report(context, 'PM4006', typed ?? node, {
    path: `${path}.cover`,
    expected: `${spec.scheme} to cover ${[...must, 'bodyDigest'].join(', ')}`,
    got: `no ${missing.join(', no ')}`,
    hint: `add ${missing.join(', ')}: what is not covered can be changed by a forger`,
  });
  return false;
});

const defaultReplay: Replay = {
  windowMs: 300_000,
  skewMs: 30_000,
  nonceStore: 'embedded',
  onStoreDown: 'Deny',
};

const replayFields = object<Replay>({
  windowMs: withDefault('window', duration({ min: '1s', max: '1h' }), defaultReplay.windowMs),
  skewMs: withDefault('skew', duration({ min: '0s', max: '10m' }), defaultReplay.skewMs),
  nonceStore: withDefault('nonceStore', oneOf(['embedded', 'redis']), defaultReplay.nonceStore),
  onStoreDown: withDefault('onStoreDown', oneOf(['Deny']), defaultReplay.onStoreDown),
});

const replay = checked(replayFields, ({ windowMs, skewMs }, { node, path }, context) => {
  if (skewMs <= windowMs) return true;
  const expected = `a skew no longer than the window of ${windowMs}ms`;
  report(context, 'PM2203', node, { path, expected, got: `${skewMs}ms` });
  return false;
});

/** How the spec of a SigningPolicy is read. */
export const signingPolicySchema: Reader<SigningPolicySpec> = object<SigningPolicySpec>({
  ...targetedFields(['Route', 'Service']),
  verify: required('verify', verify),
  replay: withDefault('replay', replay, defaultReplay),
  maxBodyBytes: withDefault('maxBody', size({ min: '1B', max: '16MiB' }), 65_536),
});
