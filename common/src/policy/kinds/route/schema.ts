import {
  boolean,
  format,
  headerSelector,
  list,
  mapped,
  name,
  object,
  oneOf,
  optional,
  type Reader,
  required,
  serviceRef,
  unionByKey,
  warn,
  withDefault,
} from '../../schema/index.ts';
import type { PathMatch, RequestMatch, RouteSpec } from '../../types.ts';

type Idempotency = NonNullable<RouteSpec['idempotency']>;

/** Methods that a policy can name. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** RFC 3986 path characters; a proxy compares after normalising, so dots and doubled slashes never match. */
const PLAIN_PATH = /^\/[A-Za-z0-9/_.~!$&'()*+,;=:@%-]{0,1023}$/;
const UNNORMALISED = /\/\/|\/\.{1,2}(?:\/|$)/;
const TEMPLATE_PARAMETER = /^\{[A-Za-z_][A-Za-z0-9_]{0,62}\}$/;

const plainPath = format({
  code: 'PM2111',
  expected: 'a path from its first slash, without query, "//" and "..", such as /v1/payments',
  parse: (typed) => (PLAIN_PATH.test(typed) && !UNNORMALISED.test(typed) ? typed : undefined),
  hint: (typed) => {
    if (typed.includes('{')) return 'write {name} in a template: path: {template: ...}';
    return typed.startsWith('/') ? undefined : 'begin with a slash';
  },
});

const templatePath = format({
  code: 'PM2111',
  expected: 'a path of which whole segments may be {name}, such as /v1/payments/{id}',
  parse: (typed) => (isTemplate(typed) ? typed : undefined),
});

function isTemplate(typed: string): boolean {
  if (!typed.startsWith('/') || UNNORMALISED.test(typed)) return false;
  const segments = typed.slice(1).split('/');
  return segments.every((segment) => TEMPLATE_PARAMETER.test(segment) || PLAIN_PATH.test(`/${segment}`));
}

/** A path that is matched as proxies see it. */
export const pathMatch: Reader<PathMatch> = unionByKey<PathMatch>({
  exact: pathBranch('exact', plainPath),
  prefix: pathBranch('prefix', plainPath),
  template: pathBranch('template', templatePath),
});

function pathBranch(kind: PathMatch['kind'], reader: Reader<string>): Reader<PathMatch> {
  const typed = object<{ readonly value: string }>({ value: required(kind, reader) });
  return mapped(typed, ({ value }) => ({ kind, value }));
}

const requestMatch = object<RequestMatch>({
  method: optional('method', oneOf(methods)),
  path: required('path', pathMatch),
});

/** Of a principal or an address all requests have the same, so neither tells two payments apart. */
const idempotencyKey = mapped(headerSelector, (header): Idempotency['key'] => ({
  kind: 'header',
  name: header,
}));

/** How the spec of a Route is read. */
export const routeSchema: Reader<RouteSpec> = object<RouteSpec>(
  {
    service: required('service', serviceRef),
    parent: optional('parent', name),
    match: required('match', list(requestMatch, { max: 64, what: 'matches' })),
    idempotency: optional(
      'idempotency',
      object<Idempotency>({
        key: required('key', idempotencyKey),
        required: withDefault('required', boolean, true),
      }),
    ),
  },
  {
    notYet: {
      sensitive: warn('what Paymesh logs is fixed and has no body in it; programs are not told'),
    },
  },
);
