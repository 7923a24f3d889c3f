import { parseAllDocuments } from 'yaml';

import { finding } from '../finding/finding.ts';
import { MAX_FILE_BYTES } from '../limits.ts';
import type { Finding, SourcePosition } from '../types.ts';
import { convertNode, type Origin } from './convert-node.ts';
import { createLinePositions } from './line-positions.ts';
import type { YamlNode } from './node.ts';

/** A file as its reader had it; `path` is what findings print. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** One YAML document of a file. */
export interface YamlDocument {
  /** Counts from 1 within the file. */
  readonly index: number;
  /** What could be made out; incomplete where there are findings. Undefined when nothing could. */
  readonly root: YamlNode | undefined;
  /** Why the document cannot be used; empty when it can. */
  readonly findings: readonly Finding[];
}

/** Reads the YAML of one file. Empty documents are left out. Never throws. */
export function composeYaml({ path, text }: PolicyFile): readonly YamlDocument[] {
  const start: SourcePosition = { file: path, line: 1, column: 1 };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) {
    const expected = `a file of at most ${MAX_FILE_BYTES} bytes`;
    return [unreadable(finding('PM1006', start, { expected, got: `${bytes} bytes` }))];
  }
  try {
    return composeDocuments(path, text);
  } catch (error) {
    // The parser promises to report rather than throw; a defect of it must not stop a service.
    return [unreadable(syntaxFinding(start, error instanceof Error ? error.message : String(error)))];
  }
}

function unreadable(why: Finding): YamlDocument {
  return { index: 1, root: undefined, findings: [why] };
}

function composeDocuments(path: string, text: string): readonly YamlDocument[] {
  const lines = createLinePositions(text);
  const position = (offset: number): SourcePosition => ({ file: path, ...lines(offset) });
  // The schema is pinned: a %YAML 1.1 directive must not turn `no` into false.
  // Doubled keys are found by convertNode, which does not take quadratic time.
  const parsed = parseAllDocuments(text, {
    prettyErrors: false,
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  // Without a document the parser gives an empty list that is a document of its own.
  const documents = Array.isArray(parsed) ? parsed : [];
  return documents.flatMap(({ contents, errors, warnings }, number) => {
    const origin: Origin = { position, anchors: new Map(), findings: [] };
    const root = contents === null ? undefined : convertNode(contents, origin, 0);
    // The first error of a document is its cause; the parser stumbles over the same place again.
    const error = errors[0] ?? warnings[0];
    if (error === undefined && isEmpty(root)) return [];
    if (error === undefined) return { index: number + 1, root, findings: origin.findings };
    const length = Math.max(1, error.pos[1] - error.pos[0]);
    return {
      index: number + 1,
      root,
      findings: [syntaxFinding(position(error.pos[0]), error.message, length)],
    };
  });
}

/** A document of comments only, such as after a last `---`, is an untyped null. */
function isEmpty(root: YamlNode | undefined): boolean {
  return root === undefined || (root.kind === 'scalar' && root.value === null && root.source === '');
}

function syntaxFinding(at: SourcePosition, message: string, length = 1): Finding {
  return finding('PM1001', at, { expected: 'YAML 1.2 without mistakes', got: `this: ${message}`, length });
}
