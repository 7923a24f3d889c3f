import type { FindingCode } from '../finding/codes.ts';
import { type FindingDetails, finding } from '../finding/finding.ts';
import { MAX_SHOWN_CHARACTERS } from '../limits.ts';
import { isSecretKey } from '../names/secret-keys.ts';
import type { Finding, Reference, SourcePosition } from '../types.ts';
import type { Placed, YamlNode } from '../yaml/node.ts';

/** What the readers of one document share. */
export interface ReadContext {
  /** `RetryPolicy pay/charge-retry`, or `document 2` where that is not known. */
  readonly subject: string;
  /** Of the document, for references that name none. */
  readonly namespace: string;
  /** Path as typed to the place of its value; the readers fill it. */
  readonly positions: Map<string, SourcePosition>;
  readonly findings: Finding[];
  /** Names of other documents, also in a document that has errors elsewhere; the readers fill it. */
  readonly references: Reference[];
}

/** Where a reader stands. */
export interface Place {
  readonly node: YamlNode;
  /** Path as typed: `spec.retryOn[1]`. */
  readonly path: string;
}

/** Turns a positioned node into a typed value; undefined means that it has reported why not. */
export interface Reader<T> {
  /** What may be written, with units: `a duration from 1ms to 1h, such as 250ms or 5s`. */
  readonly expected: string;
  readonly read: (place: Place, context: ReadContext) => T | undefined;
}

/** A reader whose value is made of another's. */
export function mapped<A, B>(reader: Reader<A>, change: (value: A) => B): Reader<B> {
  return {
    expected: reader.expected,
    read: (place, context) => {
      const value = reader.read(place, context);
      return value === undefined ? undefined : change(value);
    },
  };
}

/** A reader that also asks whether a value that it could read makes sense; the check reports. */
export function checked<T>(
  reader: Reader<T>,
  check: (value: T, place: Place, context: ReadContext) => boolean,
): Reader<T> {
  return {
    expected: reader.expected,
    read: (place, context) => {
      const value = reader.read(place, context);
      return value !== undefined && check(value, place, context) ? value : undefined;
    },
  };
}

/** True when an error, not only a warning, was reported after the first `before` findings. */
export function hasErrorsSince(context: ReadContext, before: number): boolean {
  return context.findings.slice(before).some(({ severity }) => severity === 'error');
}

/** Reports a finding of this document. */
export function report(
  context: ReadContext,
  code: FindingCode,
  where: Placed,
  details: FindingDetails,
): undefined {
  context.findings.push(
    finding(code, where.at, { subject: context.subject, length: where.length, ...details }),
  );
  return undefined;
}

/** Reports that a node is not what the reader expected. */
export function reportUnexpected(
  context: ReadContext,
  code: FindingCode,
  { node, path }: Place,
  { expected, hint }: { readonly expected: string; readonly hint?: string | undefined },
): undefined {
  const isHintShown = hint !== undefined && !isSecretPath(path);
  return report(context, code, node, {
    path,
    expected,
    got: describeNode(node, path),
    ...(isHintShown ? { hint } : {}),
  });
}

/** Reports about one key of a map: at its value where it was typed, else at the map. */
export function reportKey(
  context: ReadContext,
  code: FindingCode,
  { node, path }: Place,
  { key, ...details }: Omit<FindingDetails, 'path'> & { readonly key: string },
): undefined {
  const typed = node.kind === 'map' ? node.entries.get(key)?.value : undefined;
  return report(context, code, typed ?? node, { path: `${path}.${key}`, ...details });
}

/** Records where the value of a path was typed. */
export function markPosition({ node, path }: Place, context: ReadContext): void {
  context.positions.set(path, node.at);
}

/** Records that the value of a place names another document. */
export function markReference(
  { node, path }: Place,
  { kind, to }: Pick<Reference, 'kind' | 'to'>,
  { subject, references }: ReadContext,
): void {
  references.push({ subject, path, at: node.at, kind, to });
}

/** True for the value of a key that holds secrets and for all below it. */
export function isSecretPath(path: string): boolean {
  return path.split(/[.[]/).some(isSecretKey);
}

function describeNode(node: YamlNode, path: string): string {
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  if (node.kind === 'map') return node.entries.size === 0 ? 'an empty map' : 'a map';
  if (node.value === null) return 'nothing';
  if (isSecretPath(path)) return 'a value that is not shown';
  return typeof node.value === 'string' ? quote(node.value) : node.source.slice(0, MAX_SHOWN_CHARACTERS);
}

/** Text in quotes, shortened, on one line. */
export function quote(text: string): string {
  const short = text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(short);
}
