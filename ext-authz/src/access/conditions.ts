import {
  ACCESS_FORMS,
  type AccessRule,
  type Cidr,
  type ClaimMatch,
  type HeaderMatch,
  type PathMatch,
  type PeerMatch,
  templateRegex,
} from '@paymesh/common/policy';

import type { Claims } from '../identity/index.ts';
import { isWithin, parseAddress } from './address.ts';
import type { PolicyRequest } from './request.ts';

/** Whether a condition holds. `unclear` speaks against the request, whatever the rule does. */
export type Holds = 'yes' | 'no' | 'unclear';

/** One kind of conditions of a rule. */
export type Condition = (request: PolicyRequest) => Holds;

/** The table of a rule: all must hold. Kinds that are not given are left out. */
export function conditionsOf(rule: AccessRule): readonly Condition[] {
  return [
    ...some(rule.methods, methodIn),
    ...some(rule.principals, principalIn),
    ...some(rule.paths, pathIn),
    ...some(rule.sources, sourceIn),
    ...some(rule.peers, peerIn),
    ...rule.claims.map(claimIs),
    ...rule.headers.map(headerIs),
  ];
}

function some<T>(values: readonly T[], make: (values: readonly T[]) => Condition): readonly Condition[] {
  return values.length === 0 ? [] : [make(values)];
}

const holds = (is: boolean): Holds => (is ? 'yes' : 'no');

function methodIn(methods: readonly string[]): Condition {
  const wanted = new Set(methods);
  return ({ method }) => holds(wanted.has(method));
}

function principalIn(principals: readonly string[]): Condition {
  const wanted = new Set(principals);
  return ({ principal }) => holds(wanted.has(principal));
}

const AMBIGUOUS = new RegExp(`^(?:${ACCESS_FORMS.ambiguousPath})$`, 's');

function pathIn(paths: readonly PathMatch[]): Condition {
  const tests = paths.map(pathIs);
  return ({ path }) => {
    if (path === '' || AMBIGUOUS.test(path)) return 'unclear';
    return holds(tests.some((test) => test(path)));
  };
}

function pathIs({ kind, value }: PathMatch): (path: string) => boolean {
  switch (kind) {
    case 'exact':
      return (path) => path === value;
    case 'prefix': {
      // As routes have it: `/v1/pay` does not take `/v1/payroll`.
      const folder = value.endsWith('/') ? value : `${value}/`;
      return (path) => path.startsWith(folder) || (folder !== value && path === value);
    }
    case 'template': {
      const pattern = new RegExp(`^${templateRegex(value)}$`);
      return (path) => pattern.test(path);
    }
  }
}

function sourceIn(sources: readonly Cidr[]): Condition {
  const ranges = sources.map(({ address, prefix }) => ({ range: parseAddress(address), prefix }));
  return ({ source }) => {
    const address = parseAddress(source);
    if (address === undefined) return 'unclear';
    return holds(ranges.some(({ range, prefix }) => range !== undefined && isWithin(address, range, prefix)));
  };
}

function peerIn(peers: readonly PeerMatch[]): Condition {
  return ({ caller }) =>
    holds(
      caller.names.some((name) =>
        peers.some(({ kind, value }) => (kind === 'exact' ? name === value : name.startsWith(value))),
      ),
    );
}

function claimIs({ path, values }: ClaimMatch): Condition {
  const wanted = new Set<unknown>(values);
  return ({ claims }) => {
    const value = claimAt(claims, path);
    return holds(Array.isArray(value) ? value.some((item) => wanted.has(item)) : wanted.has(value));
  };
}

/** Own members only: `constructor` is no claim. */
function claimAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
  }
  return value;
}

function headerIs(match: HeaderMatch): Condition {
  return (request) => {
    const word = request.headers().get(match.name);
    if (match.kind === 'present') return holds(word !== undefined);
    if (word === undefined) return 'no';
    if (!word.isClear || word.lines.some((line) => line.includes(','))) return 'unclear';
    const fits = (line: string) =>
      match.kind === 'exact' ? line === match.value : line.startsWith(match.value);
    if (word.lines.every(fits)) return 'yes';
    // Which line the service behind reads is not known.
    return word.lines.some(fits) ? 'unclear' : 'no';
  };
}
