import { comparePositions } from '../finding/compare-findings.ts';
import { policyId } from '../names/policy-id.ts';
import type { Finding, PolicyDocument } from '../types.ts';
import { documentFinding, printPosition } from './place.ts';

/** Documents with the kind, namespace and name of one that was typed before. */
export function checkDuplicates(documents: readonly PolicyDocument[]): readonly Finding[] {
  const first = new Map<string, PolicyDocument>();
  const findings: Finding[] = [];
  for (const document of documents.toSorted((a, b) => comparePositions(a.at, b.at))) {
    const id = `${document.kind} ${policyId(document)}`;
    const other = first.get(id);
    if (other === undefined) first.set(id, document);
    else {
      findings.push(
        documentFinding(document, 'PM3002', {
          path: 'metadata.name',
          expected: `a name that no other ${document.kind} of the namespace has`,
          got: `"${document.metadata.name}", which also stands at ${printPosition(other.at)}`,
        }),
      );
    }
  }
  return findings;
}
