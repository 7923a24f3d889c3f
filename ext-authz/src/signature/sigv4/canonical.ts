import { hash } from 'node:crypto';

import type { CanonicalTarget } from './canonical-target.ts';
import { ALGORITHM } from './parse.ts';
import { type Scope, scopeText } from './scope.ts';

/** All that a signature covers. */
export interface SignedParts {
  readonly method: string;
  readonly target: CanonicalTarget;
  /** Sorted by name; names in lower case; the lines of each in order. */
  readonly headers: readonly SignedHeader[];
  /** SHA-256 of the body in lower-case hexadecimal. */
  readonly payloadHash: string;
  /** Of the x-amz-date header, as typed. */
  readonly amzDate: string;
  readonly scope: Scope;
}

export type SignedHeader = readonly [name: string, lines: readonly string[]];

/** The text that is signed: algorithm, time, scope and the hash of the canonical request. */
export function stringToSign(parts: SignedParts): string {
  const digest = hash('sha256', Buffer.from(canonicalRequest(parts), 'latin1'), 'hex');
  return `${ALGORITHM}\n${parts.amzDate}\n${scopeText(parts.scope)}\n${digest}`;
}

/** Method, path, query, headers, their names, hash of the body. No part holds an LF. */
function canonicalRequest({ method, target, headers, payloadHash }: SignedParts): string {
  const lines = headers.map(([name, values]) => `${name}:${values.map(trimAll).join(',')}\n`).join('');
  const names = headers.map(([name]) => name).join(';');
  return `${method}\n${target.path}\n${target.query}\n${lines}\n${names}\n${payloadHash}`;
}

/** SigV4's own trimming: no space around a line, one space for several in it. */
function trimAll(line: string): string {
  return line.replaceAll(/^[ \t]+|[ \t]+$/g, '').replaceAll(/ {2,}/g, ' ');
}

/** SHA-256 of a body as it is signed and as x-amz-content-sha256 has it. */
export function payloadHashOf(body: Uint8Array): string {
  return hash('sha256', body, 'hex');
}
