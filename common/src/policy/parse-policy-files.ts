import { compareFindings, comparePositions, compareText } from './finding/compare-findings.ts';
import { finding } from './finding/finding.ts';
import { MAX_DOCUMENTS } from './limits.ts';
import { type Outline, type ParsedDocument, parseDocument } from './parse-document.ts';
import type { Finding, PolicyDocument, Reference } from './types.ts';
import { composeYaml, type PolicyFile } from './yaml/compose-yaml.ts';

export interface ParsedFiles {
  /** Sorted by kind, namespace and name: the order of files does not matter. */
  readonly documents: readonly PolicyDocument[];
  /** Sorted by file, line and column. */
  readonly findings: readonly Finding[];
  /** What is known of the documents that have errors. */
  readonly unusable: readonly Outline[];
  /** What the documents name, those with errors too. */
  readonly references: readonly Reference[];
}

/** Reads policy files: every document with its defaults filled in, and all that is wrong. Never throws. */
export function parsePolicyFiles(files: readonly PolicyFile[]): ParsedFiles {
  const documents: PolicyDocument[] = [];
  const findings: Finding[] = [];
  const unusable: Outline[] = [];
  const references: Reference[] = [];
  let count = 0;
  for (const file of files.toSorted((a, b) => compareText(a.path, b.path))) {
    const parsedFile = parseFile(file);
    count += parsedFile.length;
    if (count > MAX_DOCUMENTS) {
      findings.push(tooMany(file.path));
      unusable.push({ namespace: 'default' });
      break;
    }
    for (const parsed of parsedFile) {
      findings.push(...parsed.findings);
      references.push(...parsed.references);
      if (parsed.document === undefined) unusable.push(parsed.outline);
      else documents.push(parsed.document);
    }
  }
  documents.sort(compareDocuments);
  findings.sort(compareFindings);
  return { documents, findings, unusable, references };
}

/**
 * What was read of a file stays known as long as the file object lives. A watched folder hands on the
 * objects of unchanged files, so that an edit costs the parse of one file, whatever the size of the set.
 */
const parsedFiles = new WeakMap<PolicyFile, readonly ParsedDocument[]>();

function parseFile(file: PolicyFile): readonly ParsedDocument[] {
  const known = parsedFiles.get(file);
  if (known !== undefined) return known;
  const parsed = composeYaml(file).map(parseDocument);
  parsedFiles.set(file, parsed);
  return parsed;
}

function compareDocuments(a: PolicyDocument, b: PolicyDocument): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.metadata.namespace, b.metadata.namespace) ||
    compareText(a.metadata.name, b.metadata.name) ||
    comparePositions(a.at, b.at)
  );
}

function tooMany(path: string): Finding {
  return finding(
    'PM1006',
    { file: path, line: 1, column: 1 },
    {
      expected: `at most ${MAX_DOCUMENTS} documents in all files`,
      got: 'more',
    },
  );
}
