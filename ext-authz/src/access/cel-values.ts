import { type CelInput, celError } from '@bufbuild/cel';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';

import type { HeaderWord } from './header-words.ts';
import type { PolicyRequest } from './request.ts';

/** Most members and items of a token's claims that an expression is shown. */
export const MAX_ITEMS = 256;
const MAX_DEPTH = 8;
/** Most headers; Envoy takes 100 by itself. */
const MAX_HEADERS = 128;

/** What an expression can name, and nothing that a client chose the size of. Maps, so that no name is special. */
export function celValues(request: PolicyRequest) {
  return {
    request: new Map<string, CelInput>([
      ['method', request.method],
      ['path', request.path],
      ['target', request.target],
      ['authority', request.authority],
      ['headers', headerMap(request.headers())],
    ]),
    source: request.source,
    peer: request.caller.principal,
    principal: request.principal,
    key_id: request.keyId,
    claims: claimMap(request.claims),
    now: timestampFromMs(request.nowMs),
  };
}

/** A header that says two things is there and has no value: to ask for it is an error. */
function headerMap(words: ReadonlyMap<string, HeaderWord>): CelInput {
  if (words.size > MAX_HEADERS) return asError(`more than ${MAX_HEADERS} headers`);
  return new Map<string, CelInput>(
    [...words].map(
      ([
        name,
        {
          lines: [line = '', ...others],
          isClear,
        },
      ]) => [name, isClear && others.length === 0 ? line : asError(`header ${name} is not clear`)],
    ),
  );
}

function claimMap(claims: unknown): CelInput {
  const budget = { left: MAX_ITEMS };
  const converted = convert(claims, budget, MAX_DEPTH);
  return converted === undefined ? asError(`claims of more than ${MAX_ITEMS} values`) : converted;
}

/** The types have no room for an error among values; what asks for such a value gets it as its result. */
function asError(sentence: string): CelInput {
  return celError(sentence) as unknown as CelInput;
}

/** JSON as CEL has it; undefined when it is larger than the budget. */
function convert(value: unknown, budget: { left: number }, depth: number): CelInput | undefined {
  budget.left -= 1;
  if (budget.left < 0 || depth < 0) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => convert(item, budget, depth - 1));
    return items.includes(undefined) ? undefined : (items as CelInput[]);
  }
  const members = Object.entries(value ?? {}).map(
    ([key, member]) => [key, convert(member, budget, depth - 1)] as const,
  );
  if (members.some(([, member]) => member === undefined)) return undefined;
  return new Map(members as (readonly [string, CelInput])[]);
}
