import { LineCounter, parseAllDocuments } from 'yaml';

import { finding } from '../finding/finding.ts';
import { MAX_FILE_BYTES } from '../limits.ts';
import type { Finding, SourcePosition } from '../types.ts';
import { convertNode, type Origin } from './convert-node.ts';
import type { YamlNode } from './node.ts';

/** A file as its reader had it; `path` is what findings print. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** One YAML document of a file. */
export interface YamlDocument {
  readonly file: string;
  /** Counts from 1 within the file. */
  readonly index: number;
  /** What could be made out; incomplete where `isBroken`. Undefined when nothing could. */
  readonly root: YamlNode | undefined;
  /** A finding says why the document cannot be used. */
  readonly isBroken: boolean;
}

export interface ComposedFile {
  readonly documents: readonly YamlDocument[];
  readonly findings: readonly Finding[];
}

/** Reads the YAML of one file. Empty documents are left out. Never throws. */
export function composeYaml({ path, text }: PolicyFile): ComposedFile {
  const start: SourcePosition = { file: path, line: 1, column: 1 };
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) {
    const tooLarge = finding('PM1006', start, {
      expected: `a file of at most ${MAX_FILE_BYTES} bytes`,
      got: `${bytes} bytes`,
    });
    return broken(path, tooLarge);
  }
  try {
    return composeDocuments(path, text);
  } catch (error) {
    // The parser promises to report rather than throw; a defect of it must not stop a service.
    const failed = finding('PM1001', start, {
      expected: 'YAML that can be read',
      got: error instanceof Error ? error.message : String(error),
    });
    return broken(path, failed);
  }
}

function broken(path: string, why: Finding): ComposedFile {
  return { documents: [{ file: path, index: 1, root: undefined, isBroken: true }], findings: [why] };
}

function composeDocuments(path: string, text: string): ComposedFile {
  const lines = new LineCounter();
  const position = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line, column: col };
  };
  // The schema is pinned: a %YAML 1.1 directive must not turn `no` into false.
  // Doubled keys are found by convertNode, which does not take quadratic time.
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const findings: Finding[] = [];
  const documents: YamlDocument[] = [];
  for (const [number, document] of (Array.isArray(parsed) ? parsed : []).entries()) {
    // The first error of a document is its cause; the parser stumbles over the same place again.
    const syntaxError = document.errors[0] ?? document.warnings[0];
    if (document.contents === null && syntaxError === undefined) continue;
    const origin: Origin = { position, anchors: new Map(), findings: [] };
    const root = document.contents === null ? undefined : convertNode(document.contents, origin, 0);
    if (syntaxError !== undefined) findings.push(syntaxFinding(syntaxError, position));
    else findings.push(...origin.findings);
    const isBroken = syntaxError !== undefined || origin.findings.length > 0;
    documents.push({ file: path, index: number + 1, root, isBroken });
  }
  return { documents, findings };
}

function syntaxFinding(
  error: { readonly pos: readonly [number, number]; readonly message: string },
  position: (offset: number) => SourcePosition,
): Finding {
  return finding('PM1001', position(error.pos[0]), {
    expected: 'YAML 1.2',
    got: error.message,
    length: Math.max(1, error.pos[1] - error.pos[0]),
  });
}
