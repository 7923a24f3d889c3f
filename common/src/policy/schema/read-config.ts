import { finding } from '../finding/finding.ts';
import type { Finding } from '../types.ts';
import { composeYaml, type PolicyFile } from '../yaml/compose-yaml.ts';
import type { Reader } from './reader.ts';

export interface ReadConfig<T> {
  /** Absent when a finding says why. */
  readonly value?: T;
  readonly findings: readonly Finding[];
}

/** Reads a file that is one YAML document and no policy, with findings as policies have. Never throws. */
export function readConfig<T>(file: PolicyFile, reader: Reader<T>): ReadConfig<T> {
  const [document, ...more] = composeYaml(file);
  const at = { file: file.path, line: 1, column: 1 };
  if (document?.root === undefined || more.length > 0) {
    const got = document === undefined ? 'an empty file' : `${1 + more.length} documents`;
    const findings = document?.findings.length ? document.findings : [];
    return {
      findings:
        findings.length > 0 ? findings : [finding('PM1201', at, { expected: 'one YAML document', got })],
    };
  }
  if (document.findings.length > 0) return { findings: document.findings };
  const findings: Finding[] = [];
  const value = reader.read(
    { node: document.root, path: '' },
    { subject: file.path, namespace: 'default', positions: new Map(), findings, references: [] },
  );
  return value === undefined ? { findings } : { value, findings };
}
