import type { IncomingHttpHeaders } from 'node:http';

import { parseStrictJson } from '@paymesh/common/strict-json';

import { accept, type Parsed, refuse } from './parsed.ts';
import { orInvalid, Problem } from './problem.ts';

/** Deeper than any body of the samples. */
const MAX_DEPTH = 32;

/** Reads the body of a request; throws a 415 or 400 problem for what two readers could understand differently. */
export function readJsonBody(headers: IncomingHttpHeaders, bytes: Buffer): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (charset.toLowerCase() !== 'utf-8' || encoding.toLowerCase() !== 'identity') {
    throw new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', 'the body must be JSON in UTF-8, not compressed');
  }
  return orInvalid(parseJson(bytes));
}

/** JSON as RFC 7493 (I-JSON) has it: UTF-8 without a mistake, each name once in its object; and not too deep. */
export function parseJson(bytes: Buffer): Parsed<unknown> {
  const parsed = parseStrictJson(bytes, { maxDepth: MAX_DEPTH });
  switch (parsed.kind) {
    case 'value':
      return accept(parsed.value);
    case 'repeated_name':
      return refuse(`the body must not name "${parsed.name}" twice in one object`);
    case 'too_deep':
      return refuse(`the body must not be nested more than ${MAX_DEPTH} levels deep`);
    case 'malformed':
    case 'inexact_number':
      return refuse('the body must be JSON in UTF-8');
  }
}
