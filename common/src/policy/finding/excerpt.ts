import type { Finding } from '../types.ts';
import type { PolicyFile } from '../yaml/compose-yaml.ts';
import { maskSecrets } from './mask-secrets.ts';

/** Longer lines are shown in part. */
const MAX_WIDTH = 120;
/** So much is shown before the place when a line is shown in part. */
const BEFORE = 40;

/** The line of a finding, the one before it, and a row of carets below. Secrets are starred out. */
export function excerpt({ at, length }: Finding, file: PolicyFile): readonly string[] {
  const lines = maskSecrets(file);
  const line = lines?.[at.line - 1];
  if (lines === undefined || line === undefined) return [];
  const start = line.length > MAX_WIDTH ? Math.max(0, at.column - 1 - BEFORE) : 0;
  const width = String(at.line).length + 2;
  const show = (number: number, text: string): string =>
    `${String(number).padStart(width)} | ${text.slice(start, start + MAX_WIDTH)}`.trimEnd();
  const indent = at.column - 1 - start;
  const room = Math.min(line.trimEnd().length - start, MAX_WIDTH) - indent;
  const wanted = length ?? tokenLength(line.slice(at.column - 1));
  const carets = '^'.repeat(Math.max(1, Math.min(wanted, room)));
  const before = at.line > 1 ? [show(at.line - 1, lines[at.line - 2] ?? '')] : [];
  return [...before, show(at.line, line), `${' '.repeat(width)} | ${' '.repeat(indent)}${carets}`];
}

/** Of a value in a line of YAML, where a finding does not say it. */
function tokenLength(text: string): number {
  return /^(?:"[^"]*"|'[^']*'|[^\s,\]}#]+)/.exec(text)?.[0].length ?? 1;
}
