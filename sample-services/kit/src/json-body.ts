import type { IncomingHttpHeaders } from 'node:http';

import { accept, type Parsed, refuse } from './parsed.ts';
import { orInvalid, Problem } from './problem.ts';

/** Deeper than any body of the samples. What walks a value calls itself for each level, and a stack has an end. */
const MAX_DEPTH = 32;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

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
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const fault = findFault(text);
    return fault === undefined ? accept(value) : refuse(fault);
  } catch {
    // What exactly is wrong with it, the sender's own tools tell better.
    return refuse('the body must be JSON in UTF-8');
  }
}

/** Walks the tokens of a text that is known to be JSON. */
function findFault(text: string): string | undefined {
  /** The names seen in each open object; a list has none. */
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    if (token === '}' || token === ']') open.pop();
    if (open.length > MAX_DEPTH) return `the body must not be nested more than ${MAX_DEPTH} levels deep`;
    if (token === ':') {
      const name = String(JSON.parse(last));
      const names = open.at(-1);
      if (names?.has(name) === true) return `the body must not name "${name}" twice in one object`;
      names?.add(name);
    }
    last = token;
  }
  return undefined;
}
