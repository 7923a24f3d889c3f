import type { Finding } from '../types.ts';

/** A finding as programs read it; keys are not removed or renamed within a schemaVersion. */
export interface FindingJson {
  readonly schemaVersion: 1;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: Finding['severity'];
  readonly code: string;
  readonly subject: string | null;
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly hint: string | null;
}

/** The finding as a flat object for JSON output and logs. */
export function findingToJson({
  at,
  severity,
  code,
  subject,
  path,
  expected,
  got,
  hint,
}: Finding): FindingJson {
  return {
    schemaVersion: 1,
    file: at.file,
    line: at.line,
    column: at.column,
    severity,
    code,
    subject: subject ?? null,
    path,
    expected,
    got,
    hint: hint ?? null,
  };
}
