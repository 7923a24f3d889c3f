import { printSelector } from '../../names/selector.ts';
import {
  integer,
  list,
  name,
  object,
  oneOf,
  optional,
  type Place,
  type ReadContext,
  type Reader,
  rate,
  reportKey,
  required,
  selector,
  text,
  timeZone,
  withDefault,
} from '../../schema/index.ts';
import type { CostSpec, LimitMeasure, LimitSpec, Rate, RefundSpec } from '../../types.ts';
import { cost, refund } from './cost.ts';
import { ALGORITHMS, concurrency, MAX_REQUESTS, measureOf, type TypedMeasure } from './measure.ts';

interface TypedLimit extends Pick<LimitSpec, 'name' | 'per' | 'enforce'>, TypedMeasure {
  readonly consume?: LimitSpec['consume'];
  readonly cost?: CostSpec;
  readonly refund?: RefundSpec;
  readonly overrides: readonly TypedOverride[];
}

/** `read`: once the limit is known, for an override is of its algorithm. */
interface TypedOverride {
  readonly value: string;
  readonly rate?: Rate;
  readonly burst?: number;
  readonly max?: number;
  /** Where it was typed. */
  readonly place: Place;
}

const requests = { min: 0, max: MAX_REQUESTS, unit: 'requests' } as const;

const overrideFields = object<Omit<TypedOverride, 'place'>>({
  value: required('value', text('a value of 1 to 256 printable characters', { pattern: /^[ -~]{1,256}$/ })),
  rate: optional('rate', rate),
  burst: optional('burst', integer({ ...requests, min: 1 })),
  max: optional('max', integer(requests)),
});

const override: Reader<TypedOverride> = {
  expected: overrideFields.expected,
  read: (place, context) => {
    const typed = overrideFields.read(place, context);
    return typed === undefined ? undefined : { ...typed, place };
  },
};

const fields = object<TypedLimit>(
  {
    name: required('name', name),
    per: withDefault(
      'per',
      list(selector, { min: 0, max: 8, what: 'selectors', identity: printSelector }),
      [],
    ),
    rate: optional('rate', rate),
    concurrency: optional('concurrency', concurrency),
    algorithm: optional('algorithm', oneOf(ALGORITHMS)),
    burst: optional('burst', integer({ ...requests, min: 1 })),
    timeZone: optional('timeZone', timeZone),
    enforce: optional('enforce', oneOf(['service', 'proxy'])),
    consume: optional('consume', oneOf(['Always', 'Admitted'])),
    cost: optional('cost', cost),
    refund: optional('refund', refund),
    overrides: withDefault(
      'overrides',
      list(override, { min: 0, max: 10_000, what: 'overrides', identity: ({ value }) => value }),
      [],
    ),
  },
  { ignored: { scope: oneOf(['Global']) } },
);

/** One limit of a policy; each of its overrides with all that holds for it. */
export const limit: Reader<LimitSpec> = {
  expected: fields.expected,
  read: (place, context) => {
    const typed = fields.read(place, context);
    return typed === undefined ? undefined : limitOf(typed, place, context);
  },
};

function limitOf(typed: TypedLimit, place: Place, context: ReadContext): LimitSpec | undefined {
  const measure = measureOf(typed, place, context);
  if (measure === undefined || !goesTogether(typed, measure, place, context)) return undefined;
  const read = typed.overrides.map((one) => ({
    value: one.value,
    measure: overrideMeasure(one, typed, measure, context),
  }));
  const overrides = read.filter((one): one is LimitSpec['overrides'][number] => one.measure !== undefined);
  if (overrides.length < read.length) return undefined;
  return {
    name: typed.name,
    per: typed.per,
    measure,
    ...(typed.enforce !== undefined && { enforce: typed.enforce }),
    consume: typed.consume ?? usualConsume(typed, measure),
    ...(typed.cost !== undefined && { cost: typed.cost }),
    ...(typed.refund !== undefined && { refund: typed.refund }),
    overrides,
  };
}

/** A denied request must not hold a place, and one denied large amount must not use up the day. */
function usualConsume({ cost: amount }: TypedLimit, { algorithm }: LimitMeasure): LimitSpec['consume'] {
  return algorithm === 'Concurrency' || amount !== undefined ? 'Admitted' : 'Always';
}

function goesTogether(
  { per, overrides, enforce, consume, cost: amount, refund: back }: TypedLimit,
  { algorithm }: LimitMeasure,
  place: Place,
  context: ReadContext,
): boolean {
  if (per.length === 0 && overrides.length > 0) {
    reportKey(context, 'PM1203', place, {
      key: 'per',
      expected: 'the key "per": overrides are for values of its first selector',
      got: 'no selector',
    });
    return false;
  }
  // A token bucket, which is what proxies have, may pass more than the rate in some span.
  const isKept = algorithm === 'Fixed' || algorithm === 'TokenBucket';
  const isSimple = isKept && consume !== 'Admitted';
  if (enforce === 'proxy' && (!isSimple || amount !== undefined || back !== undefined)) {
    reportKey(context, 'PM2104', place, {
      key: 'enforce',
      expected:
        'service: proxies keep rates, of algorithm Fixed or TokenBucket, without concurrency, cost, refund or consume: Admitted',
      got: '"proxy"',
    });
    return false;
  }
  if (algorithm !== 'Concurrency') return true;
  if (back !== undefined) {
    const expected = 'no refund beside concurrency: a request gives back what it holds when it ends';
    reportKey(context, 'PM1202', place, { key: 'refund', expected, got: '"refund"' });
    return false;
  }
  if (consume !== 'Always') return true;
  const expected = 'Admitted beside concurrency: a denied request is not under way';
  reportKey(context, 'PM2104', place, { key: 'consume', expected, got: '"Always"' });
  return false;
}

/** The measure of the limit with another amount. */
function overrideMeasure(
  { rate: own, burst, max, place }: TypedOverride,
  limitTyped: TypedLimit,
  measure: LimitMeasure,
  context: ReadContext,
): LimitMeasure | undefined {
  const wanted = measure.algorithm === 'Concurrency' ? 'max' : 'rate';
  const stray = wanted === 'max' ? (own ?? burst) : max;
  if (stray !== undefined || (wanted === 'max' ? max : own) === undefined) {
    return reportKey(context, 'PM1203', place, {
      key: wanted,
      expected: `the key "${wanted}" and no other amount, for its limit is one of ${measure.algorithm}`,
      got: stray === undefined ? 'no such key' : 'another',
    });
  }
  if (measure.algorithm === 'Concurrency') return { ...measure, max: max ?? measure.max };
  const ownBurst = burst ?? limitTyped.burst;
  const typed: TypedMeasure = {
    algorithm: measure.algorithm,
    ...(own !== undefined && { rate: own }),
    ...(ownBurst !== undefined && { burst: ownBurst }),
    ...(limitTyped.timeZone !== undefined && { timeZone: limitTyped.timeZone }),
  };
  return measureOf(typed, place, context);
}
