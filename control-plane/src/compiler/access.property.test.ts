import { describe, expect, test } from '@jest/globals';
import { accessRequests, accessSpecs, type NaiveRequest, naivelyAllows } from '@paymesh/common/testing';
import { array, assert, property } from 'fast-check';

import type { AccessIr, ConditionIr, TextIr } from '../ir/index.ts';
import { fixture, jwksFor } from '../testing/index.ts';
import { compileAccess } from './access.ts';
import { createContext } from './context.ts';

/** What Envoy does with a condition, as far as was seen with 1.40. */
function holds(condition: ConditionIr, request: NaiveRequest): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((one) => holds(one, request));
    case 'any':
      return condition.of.some((one) => holds(one, request));
    case 'not':
      return !holds(condition.of, request);
    case 'method':
      return request.method === condition.value;
    case 'path':
      return matches(condition.is, request.path);
    case 'source':
      return bits(request.source).startsWith(bits(condition.address).slice(0, condition.prefix));
    case 'peer':
      return request.peers.some((peer) => matches(condition.is, peer));
    case 'header': {
      const lines = request.headers.filter(([name]) => name === condition.name).map(([, value]) => value);
      const { is, isNot } = condition;
      if (isNot !== undefined) return lines.length > 0 && !lines.some((line) => matches(isNot, line));
      return lines.some((line) => is === undefined || matches(is, line));
    }
    case 'token':
      return condition.part === 'claims' && hasMember(condition, request.claims);
  }
}

function hasMember(
  { path, is }: Extract<ConditionIr, { kind: 'token' }>,
  claims: NaiveRequest['claims'],
): boolean {
  let value: unknown = claims;
  for (const step of path) value = new Map(Object.entries(value ?? {})).get(step);
  if (is === undefined) return value !== undefined;
  return [value].flat().some((item) => typeof item === 'string' && matches(is, item));
}

function matches(is: TextIr, text: string): boolean {
  switch (is.kind) {
    case 'exact':
      return text === is.value;
    case 'prefix':
      return text.startsWith(is.value);
    case 'contains':
      return text.toLowerCase().includes(is.value);
    case 'regex':
      return new RegExp(`^(?:${is.value})$`).test(text);
  }
}

function bits(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

function isRefusedByProxy({ tokens, denials }: AccessIr, request: NaiveRequest): boolean {
  const lacksToken = tokens.some(({ isRequired }) => isRequired && request.claims === undefined);
  return lacksToken || denials.some((denial) => holds(denial.if, request));
}

describe('the split of access between proxy and ext-authz', () => {
  test.each([true, false])('decides as the policies do, whoever judges (principals: %s)', (principals) => {
    const specs = array(accessSpecs({ principals }), { minLength: 1, maxLength: 2 });
    const seen = { allowed: 0, alone: 0 };
    assert(
      property(specs, accessRequests, (all, request) => {
        const documents = all.map((spec, index) =>
          fixture({ kind: 'AccessPolicy', id: `pay/p${index}`, spec }),
        );
        const context = createContext(documents, jwksFor(documents), []);
        const access = compileAccess(context, documents, false)?.access;
        if (access === undefined) throw new Error('no access');
        const byService = documents.filter(({ metadata }) => access.checked.includes(`pay/${metadata.name}`));
        const split =
          !isRefusedByProxy(access, request) && byService.every(({ spec }) => naivelyAllows(spec, request));
        const whole = all.every((spec) => naivelyAllows(spec, request));
        expect(split).toBe(whole);
        if (whole) seen.allowed += 1;
        if (access.checked.length === 0) seen.alone += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(seen.allowed).toBeGreaterThan(50);
    expect(seen.alone).toBeGreaterThan(100);
  });
});
