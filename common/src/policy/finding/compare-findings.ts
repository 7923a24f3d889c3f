import type { Finding, SourcePosition } from '../types.ts';

/** Order of findings: file, line, column, then code and path, so that equal sets print alike. */
export function compareFindings(a: Finding, b: Finding): number {
  return comparePositions(a.at, b.at) || compareText(a.code, b.code) || compareText(a.path, b.path);
}

/** Order of places: file, line, column. */
export function comparePositions(a: SourcePosition, b: SourcePosition): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column;
}

/** Order by code units, the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
