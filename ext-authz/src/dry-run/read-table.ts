import type { Finding } from '@paymesh/common/policy';
import {
  duration,
  format,
  integer,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type Reader,
  readConfig,
  required,
  text,
  textMap,
  withDefault,
} from '@paymesh/common/schema';

import { type DenialReason, denialReasons } from '../decision/index.ts';

/** A table of requests and what must be decided on them. */
export interface Table {
  readonly tests: readonly TableTest[];
}

export interface TableTest {
  readonly name: string;
  /** `namespace/name` of the SigningPolicy. */
  readonly policy: string;
  readonly request: TableRequest;
  /** Absent: the request is sent as it is, unsigned or with a signature among its headers. */
  readonly sign?: { readonly key: string; readonly privateKey?: string };
  /** What a forger changes after it was signed. */
  readonly change?: Partial<TableRequest>;
  /** Judged so long after it was signed, in milliseconds. Default 0. */
  readonly afterMs: number;
  /** Sent so often; the expectation is of the last. Default 1. */
  readonly times: number;
  readonly expect: Expectation;
}

export interface TableRequest {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Expectation {
  readonly decision: 'allow' | 'deny' | 'shadow_deny';
  readonly reason?: DenialReason;
  readonly principal?: string;
}

const MAX_TESTS = 10_000;
const anyText = text('text of at most 65536 characters', { pattern: /^[\s\S]{0,65536}$/ });
const method = text('a method such as POST', { pattern: /^[!-~]{1,64}$/ });
const target = text('path and query as sent, such as /v1/payments?a=1', { pattern: /^[ -~]{1,8192}$/ });
const headers = textMap({ max: 128, maxValue: 8_192 });

const request = object<TableRequest>({
  method: withDefault('method', method, 'GET'),
  scheme: withDefault('scheme', oneOf(['https', 'http']), 'https'),
  authority: withDefault('authority', anyText, 'pay.example'),
  target: required('target', target),
  headers: withDefault('headers', headers, {}),
  body: withDefault('body', anyText, ''),
});

type Change = NonNullable<TableTest['change']>;

const change = object<Change>({
  method: optional('method', method),
  scheme: optional('scheme', oneOf(['https', 'http'])),
  authority: optional('authority', anyText),
  target: optional('target', target),
  headers: optional('headers', headers),
  body: optional('body', anyText),
});

const reason = format<DenialReason>({
  code: 'PM2104',
  expected: 'a reason such as bad_signature',
  parse: (typed) => denialReasons.find((known) => known === typed),
});

const expectation: Reader<Expectation> = object<Expectation>({
  decision: required('decision', oneOf(['allow', 'deny', 'shadow_deny'])),
  reason: optional('reason', reason),
  principal: optional('principal', anyText),
});

const test = object<TableTest>({
  name: required('name', text('a name of 1 to 200 characters', { pattern: /^.{1,200}$/ })),
  policy: required(
    'policy',
    text('NAMESPACE/NAME of a SigningPolicy', { pattern: /^[a-z0-9-]+\/[a-z0-9-]+$/ }),
  ),
  request: required('request', request),
  sign: optional(
    'sign',
    object<NonNullable<TableTest['sign']>>({
      key: required('key', anyText),
      privateKey: optional('privateKey', anyText),
    }),
  ),
  change: optional('change', change),
  afterMs: withDefault('after', signedDuration(), 0),
  times: withDefault('times', integer({ min: 1, max: 100 }), 1),
  expect: required('expect', expectation),
});

const table: Reader<Table> = object<Table>({
  tests: required('tests', list(test, { max: MAX_TESTS, what: 'tests', identity: ({ name }) => name })),
});

/** Reads a file of tests; all findings at once, with line and column. */
export function readTable(file: { readonly path: string; readonly text: string }): {
  readonly value?: Table;
  readonly findings: readonly Finding[];
} {
  return readConfig(file, table);
}

/** `301s`, or `-31s` for a request that is judged before it was signed. */
function signedDuration(): Reader<number> {
  const plain = duration({ min: '0s', max: '1d' });
  const expected = 'a duration from -1d to 1d, such as 301s or -31s';
  return {
    expected,
    read: (place, context) => {
      const { node } = place;
      if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.startsWith('-'))
        return plain.read(place, context);
      const positive = { ...place, node: { ...node, value: node.value.slice(1) } };
      return mapped(plain, (ms) => -ms).read(positive, context);
    },
  };
}
