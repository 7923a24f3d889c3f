import type { Finding } from '@paymesh/common/policy';

/** A finding on one line, for a log or an error message. */
export function findingLine({ at, severity, code, path, expected, got, hint }: Finding): string {
  const where = path === '' ? '' : `${path}: `;
  const more = hint === undefined ? '' : ` (${hint})`;
  return `${at.file}:${at.line}:${at.column}: ${severity} ${code}: ${where}expected ${expected}; got ${got}${more}`;
}
