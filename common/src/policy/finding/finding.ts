import type { Finding, SourcePosition } from '../types.ts';
import { codes, type FindingCode } from './codes.ts';

export interface FindingDetails {
  readonly expected: string;
  readonly got: string;
  /** Default: the whole document. */
  readonly path?: string;
  readonly subject?: string;
  readonly hint?: string;
  /** Characters to underline. */
  readonly length?: number;
}

/** Makes a finding; its severity is that of its code. */
export function finding(code: FindingCode, at: SourcePosition, details: FindingDetails): Finding {
  return { code, severity: codes[code].severity, at, path: '', ...details };
}
