import { printable } from '../../printable/index.ts';
import type { Finding } from '../types.ts';
import type { PolicyFile } from '../yaml/compose-yaml.ts';
import { excerpt } from './excerpt.ts';

export interface FormatOptions {
  /** With the escapes of a terminal. Default false. */
  readonly color?: boolean;
}

const RESET = '\u001b[0m';
const STYLES = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;33m',
  bold: '\u001b[1m',
  dim: '\u001b[2m',
} as const;

/**
 * A finding for people: where, what was expected and what stood there, what to do, and the line itself.
 * Without the file among the sources the line is left out.
 */
export function formatFinding(
  finding: Finding,
  sources: readonly PolicyFile[],
  { color = false }: FormatOptions = {},
): string {
  const { at, severity, code, subject, path, expected, got, hint } = finding;
  const paint = (style: keyof typeof STYLES, text: string): string =>
    color ? `${STYLES[style]}${printable(text)}${RESET}` : printable(text);
  const place = paint('bold', `${at.file}:${at.line}:${at.column}`);
  const head = [
    place,
    paint(severity, severity),
    code,
    ...(subject === undefined ? [] : [printable(subject)]),
  ];
  const file = sources.find((source) => source.path === at.file);
  const lines = file === undefined ? [] : excerpt(finding, file);
  return [
    head.join(' '),
    printable(`  ${path === '' ? '' : `${path}: `}expected ${expected}; got ${got}`),
    ...(hint === undefined ? [] : [printable(`  ${hint}`)]),
    ...lines.map((line) => paint('dim', line)),
  ].join('\n');
}
