import type { Finding } from '../types.ts';

/** A finding for a log or an error: `file:line:column severity code subject path: expected ...; got ...` */
export function findingLine({ at, severity, code, subject, path, expected, got }: Finding): string {
  const what = [subject, path].filter((part) => part !== undefined && part !== '').join(' ');
  return `${at.file}:${at.line}:${at.column} ${severity} ${code} ${what}: expected ${expected}; got ${got}`;
}
