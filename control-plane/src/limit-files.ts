import { type PolicyDocument, policyId } from '@paymesh/common/policy';
import type { SourceFile } from '@paymesh/common/source';

/** A set of policies and the files that it was read from. */
export interface ReadPolicies {
  readonly documents: readonly PolicyDocument[];
  readonly files?: readonly SourceFile[];
}

/** A line that begins a document, or ends one, whatever stands around it (YAML 1.2, 9.1.2). */
const MARKER = /^(?:---|\.\.\.)(?:\s|$)/;
const NOTHING_YET = /^\s*(?:#.*)?$|^%/;

/**
 * The files as rate limiters are given them, sorted by path: RateLimitPolicies, and the Routes that these name, which
 * say of which service they are. All else becomes blank lines, so that no key leaves and each line keeps its number.
 */
export function limitFiles({ documents, files = [] }: ReadPolicies): readonly SourceFile[] {
  const linesByFile = new Map<string, number[]>();
  for (const { at } of served(documents)) {
    linesByFile.set(at.file, [...(linesByFile.get(at.file) ?? []), at.line]);
  }
  return files
    .flatMap(({ path, text }) => {
      const lines = linesByFile.get(path);
      return lines === undefined ? [] : [{ path, text: keepDocuments(text, lines) }];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function served(documents: readonly PolicyDocument[]): readonly PolicyDocument[] {
  const limits = documents.filter((document) => document.kind === 'RateLimitPolicy');
  const routes = new Set(
    limits.flatMap(({ spec }) =>
      spec.targetRefs.filter(({ kind }) => kind === 'Route').map((target) => policyId({ metadata: target })),
    ),
  );
  return [
    ...limits,
    ...documents.filter((document) => document.kind === 'Route' && routes.has(policyId(document))),
  ];
}

/** The text with only those documents that hold one of these lines, counted from 1. */
function keepDocuments(text: string, lines: readonly number[]): string {
  let first = 1;
  const kept = splitDocuments(text.split('\n')).map((document) => {
    const end = first + document.length;
    const isKept = lines.some((line) => line >= first && line < end);
    first = end;
    return isKept ? document : document.map(() => '');
  });
  return kept.flat().join('\n');
}

/** The lines of each document, with what stands before it; no line is lost. */
function splitDocuments(lines: readonly string[]): readonly (readonly string[])[] {
  const documents: string[][] = [];
  let current: string[] = [];
  for (const line of lines) {
    const marker = MARKER.exec(line)?.[0].slice(0, 3);
    if (marker === '---' && !current.every((before) => NOTHING_YET.test(before))) {
      documents.push(current);
      current = [];
    }
    current.push(line);
    if (marker === '...') {
      documents.push(current);
      current = [];
    }
  }
  documents.push(current);
  return documents;
}
