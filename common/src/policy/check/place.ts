import type { FindingCode } from '../finding/codes.ts';
import { type FindingDetails, finding } from '../finding/finding.ts';
import { policyId } from '../names/policy-id.ts';
import type { Finding, PolicyDocument, SourcePosition } from '../types.ts';

/** A finding about a value of a document, at the place of its path or of the nearest one above it. */
export function documentFinding(
  document: PolicyDocument,
  code: FindingCode,
  details: FindingDetails & { readonly path: string },
): Finding {
  const subject = `${document.kind} ${policyId(document)}`;
  return finding(code, positionOf(document, details.path), { subject, ...details });
}

/** Where a path was typed; for a value that came from a default, where its parent was. */
export function positionOf(document: PolicyDocument, path: string): SourcePosition {
  for (let rest = path; rest !== ''; rest = rest.replace(/(?:^|\.|\[)[^.[]*$/, '')) {
    const position = document.positions.get(rest);
    if (position !== undefined) return position;
  }
  return document.at;
}

/** `file:line:column`, to point from one finding to a second place. */
export function printPosition({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}
