import {
  checked,
  duration,
  integer,
  object,
  oneOf,
  optional,
  type Reader,
  reportKey,
  required,
  size,
  targetedFields,
  withDefault,
} from '../../schema/index.ts';
import type { SigningPolicySpec } from '../../types.ts';
import { schemesWithRefusals, verify } from './verify.ts';

type Replay = SigningPolicySpec['replay'];

const defaultReplay: Replay = {
  windowMs: 300_000,
  skewMs: 30_000,
  nonceStore: 'embedded',
  onStoreDown: 'Deny',
  minNonce: 16,
};

const replayFields = object<Replay>({
  windowMs: withDefault('window', duration({ min: '1s', max: '1h' }), defaultReplay.windowMs),
  skewMs: withDefault('skew', duration({ min: '0s', max: '10m' }), defaultReplay.skewMs),
  nonceStore: withDefault('nonceStore', oneOf(['embedded', 'redis']), defaultReplay.nonceStore),
  onStoreDown: withDefault('onStoreDown', oneOf(['Deny', 'Local']), defaultReplay.onStoreDown),
  minNonce: withDefault(
    'minNonce',
    integer({ min: 8, max: 128, unit: 'characters' }),
    defaultReplay.minNonce,
  ),
});

const replay = checked(replayFields, ({ windowMs, skewMs }, place, context) => {
  if (skewMs <= windowMs) return true;
  const expected = `a skew no longer than the window of ${windowMs}ms`;
  reportKey(context, 'PM2203', place, { key: 'skew', expected, got: `${skewMs}ms` });
  return false;
});

const fields = object<SigningPolicySpec>({
  ...targetedFields(['Route', 'Service']),
  verify: required('verify', verify),
  candidate: optional('candidate', verify),
  replay: withDefault('replay', replay, defaultReplay),
  maxBodyBytes: withDefault('maxBody', size({ min: '1B', max: '16MiB' }), 65_536),
  denial: withDefault('denial', oneOf(['Problem', 'Provider']), 'Problem'),
});

/** How the spec of a SigningPolicy is read. */
export const signingPolicySchema: Reader<SigningPolicySpec> = checked(fields, (spec, place, context) => {
  if (spec.denial === 'Problem' || schemesWithRefusals.includes(spec.verify.scheme)) return true;
  const expected = `Problem, or a scheme with refusals of its own: ${schemesWithRefusals.join(', ')}`;
  reportKey(context, 'PM4012', place, {
    key: 'denial',
    expected,
    got: `Provider with ${spec.verify.scheme}`,
  });
  return false;
});
