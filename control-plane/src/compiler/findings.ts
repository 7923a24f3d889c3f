import type { Finding, PolicyDocument } from '@paymesh/common/policy';

import { compareText, documentId } from './mesh.ts';

/** What only the merge can see; parser and checker have PM1 to PM4. */
export type CompileCode =
  /** The connect timeout and the retry budget of a service are one for all its routes: the strictest holds. */
  | 'PM5001'
  /** A failover chain is longer than MeshDefaults.overrides allows tries. */
  | 'PM5002'
  /** Only signing, access and rate limits can be counted in shadow; another kind in mode Shadow does nothing. */
  | 'PM5003'
  /** A limit that proxies were to keep is kept by the service. */
  | 'PM5004'
  /** The JWKS of tokens cannot be read or used; ext-authz finds the same. */
  | 'PM6005';

export interface FindingInput {
  readonly code: CompileCode;
  readonly severity: Finding['severity'];
  readonly document: PolicyDocument;
  /** Path as typed; the position falls back to the document's. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** A finding at the place of `path` in the document. */
export function createFinding({ document, code, severity, ...rest }: FindingInput): Finding {
  return {
    code,
    severity,
    at: document.positions.get(rest.path) ?? document.at,
    subject: `${document.kind} ${documentId(document)}`,
    ...rest,
  };
}

/** Sorted by place, each once. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const unique = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...unique.values()].toSorted(
    (a, b) =>
      compareText(a.at.file, b.at.file) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column ||
      compareText(a.code, b.code) ||
      compareText(a.got, b.got),
  );
}
