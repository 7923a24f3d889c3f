import { parseSelector } from '../../names/selector.ts';
import {
  format,
  headerSelector,
  integer,
  list,
  mapped,
  object,
  type Reader,
  required,
  unionByKey,
} from '../../schema/index.ts';
import type { CostSource, CostSpec, RefundSpec } from '../../types.ts';

/** Envoy drops a descriptor that counts for more, and with it the limit. */
const MAX_COST = 1_000_000_000;
/** A JSON pointer (RFC 6901) without escapes. */
const BODY = /^body\(((?:\/[A-Za-z0-9_.-]{1,64}){1,8})\)$/;

const source = format({
  code: 'PM2110',
  expected:
    'body(/PATH) with the way to a member of the JSON body, such as body(/amount/value), or header(NAME)',
  parse: parseSource,
});

/** From where a request has its amount; it must have one. */
export const cost: Reader<CostSpec> = object<CostSpec>({
  from: required('from', source),
  max: required('max', integer({ min: 1, max: MAX_COST }), {
    why: `the largest amount that is taken, in the smallest unit, up to ${MAX_COST}; a larger one is refused`,
  }),
});

const statuses = list(integer({ min: 100, max: 599 }), { max: 100, what: 'statuses', identity: String });

/** What gives hits back. */
export const refund: Reader<RefundSpec> = unionByKey<RefundSpec>({
  from: mapped(object<{ readonly name: string }>({ name: required('from', headerSelector) }), ({ name }) => ({
    kind: 'header',
    name,
  })),
  statuses: mapped(
    object<{ readonly all: readonly number[] }>({ all: required('statuses', statuses) }),
    ({ all }) => ({ kind: 'statuses', statuses: all.toSorted((a, b) => a - b) }),
  ),
});

function parseSource(typed: string): CostSource | undefined {
  const path = BODY.exec(typed)?.[1];
  if (path !== undefined) return { kind: 'body', path: path.slice(1).split('/') };
  const selector = parseSelector(typed);
  return selector?.kind === 'header' ? selector : undefined;
}
