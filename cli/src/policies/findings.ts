import { type Finding, formatFinding, type PolicyFile } from '@paymesh/common/policy';

import { CommandError, EXIT } from '../output/index.ts';

/** All findings with the lines they point to, and a count. */
export function printFindings(
  findings: readonly Finding[],
  files: readonly PolicyFile[],
  { color }: { readonly color: boolean },
): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  return [
    ...findings.map((finding) => `${formatFinding(finding, files, { color })}\n`),
    `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`,
  ].join('\n');
}

/** The findings as an error that ends a command with exit code 2. */
export function findingsError(findings: readonly Finding[], files: readonly PolicyFile[]): CommandError {
  const errors = findings.filter((finding) => finding.severity === 'error');
  return new CommandError(
    `the policies have errors:\n\n${printFindings(errors, files, { color: false })}`,
    EXIT.findings,
  );
}

/** A count with its noun, as people write it. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
