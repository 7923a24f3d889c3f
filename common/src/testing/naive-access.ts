import type { AccessPolicySpec, AccessRule, PathMatch } from '../policy/index.ts';

/** A request as the meaning of AccessPolicy is written in policies/README.md, for tests to compare with. */
export interface NaiveRequest {
  readonly method: string;
  readonly path: string;
  /** IPv4 in dots. */
  readonly source: string;
  readonly peers: readonly string[];
  readonly principal: string;
  /** Undefined: no token. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** Lines in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

type Word = 'yes' | 'no' | 'unclear';

/** Whether one policy lets a request pass. Plain and slow on purpose; policies with `when` are not for it. */
export function naivelyAllows({ identity, rules }: AccessPolicySpec, request: NaiveRequest): boolean {
  if (identity.mtls === 'Required' && request.peers.length === 0) return false;
  if (identity.jwt?.required === true && request.claims === undefined) return false;
  const words = (action: AccessRule['action']) =>
    rules.filter((rule) => rule.action === action).map((rule) => holds(rule, request));
  return words('Deny').every((word) => word === 'no') && words('Allow').includes('yes');
}

function holds(rule: AccessRule, request: NaiveRequest): Word {
  const anyOf = <T>(values: readonly T[], test: (value: T) => Word): Word[] =>
    values.length === 0 ? [] : [any(values.map(test))];
  const is = (value: boolean): Word => (value ? 'yes' : 'no');
  return all([
    ...anyOf(rule.methods, (method) => is(method === request.method)),
    ...anyOf(rule.paths, (path) => pathHolds(path, request.path)),
    ...anyOf(rule.sources, ({ address, prefix }) =>
      is(bits(request.source).slice(0, prefix) === bits(address).slice(0, prefix)),
    ),
    ...anyOf(rule.peers, ({ kind, value }) =>
      is(request.peers.some((peer) => (kind === 'exact' ? peer === value : peer.startsWith(value)))),
    ),
    ...anyOf(rule.principals, (principal) => is(principal === request.principal)),
    ...rule.claims.map(({ path, values }) => {
      let found: unknown = request.claims ?? {};
      for (const step of path) found = new Map(Object.entries(found ?? {})).get(step);
      return is([found].flat().some((item) => values.some((value) => value === item)));
    }),
    ...rule.headers.map((match) => {
      const lines = request.headers.filter(([name]) => name === match.name).map(([, value]) => value);
      if (match.kind === 'present') return is(lines.length > 0);
      if (lines.some((line) => !/^[\t\x20-\x2b\x2d-\x7e]*$/.test(line))) return 'unclear';
      const fits = lines.map((line) =>
        match.kind === 'exact' ? line === match.value : line.startsWith(match.value),
      );
      if (fits.includes(true) && fits.includes(false)) return 'unclear';
      return is(fits.includes(true));
    }),
  ]);
}

function pathHolds({ kind, value }: PathMatch, path: string): Word {
  if (
    ['//', '/./', '/../', '..;', '\\', '%2f', '%2F', '%5c', '%5C', '%2e', '%2E'].some((part) =>
      path.includes(part),
    )
  )
    return 'unclear';
  if (path.endsWith('/.') || path.endsWith('/..')) return 'unclear';
  if (kind === 'exact') return path === value ? 'yes' : 'no';
  const [segments, wanted] = [path.split('/'), value.replace(/\/$/, '').split('/')];
  const isSame = wanted.every((segment, index) => {
    const actual = segments[index];
    return kind === 'template' && segment.startsWith('{')
      ? actual !== undefined && actual !== ''
      : actual === segment;
  });
  if (kind === 'template') return isSame && segments.length === wanted.length ? 'yes' : 'no';
  return isSame && (segments.length > wanted.length || !value.endsWith('/')) ? 'yes' : 'no';
}

function all(words: readonly Word[]): Word {
  if (words.includes('no')) return 'no';
  return words.includes('unclear') ? 'unclear' : 'yes';
}

function any(words: readonly Word[]): Word {
  if (words.includes('unclear')) return 'unclear';
  return words.includes('yes') ? 'yes' : 'no';
}

function bits(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}
