import type { Finding, SourcePosition } from '@paymesh/common/policy';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';

import { type RatelimitCode, severityOf } from './codes.ts';
import { scalarText } from './scalar.ts';

/** A file as it was found. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/** A value of the file with the way to it. */
export interface Place {
  readonly node: Node;
  /** `descriptors[0].rate_limit.unit`; empty for the root. */
  readonly path: string;
}

/** A key of a map and its value; `value` undefined: nothing stands there. */
export interface Field {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Place | undefined;
}

export interface Report {
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** Reads one file and gathers what is wrong with it. */
export interface YamlReader {
  readonly findings: readonly Finding[];
  /** The root, where the file could be read at all. */
  readonly root: Place | undefined;
  positionOf(place: Place): SourcePosition;
  report(code: RatelimitCode, place: Place, report: Report): void;
  /** The fields of a map, merge keys (`<<`) included; undefined and a finding where it is no map. */
  fields(place: Place): readonly Field[] | undefined;
  /** The items of a list; undefined and a finding where it is no list. */
  items(place: Place): readonly Place[] | undefined;
}

/** Bound on the nodes read of one file, so that aliases cannot multiply it beyond measure. */
const MAX_NODES = 200_000;
const MAX_MERGES = 4;
const MAX_SHOWN = 60;
/** A file with more mistakes than this has one cause; the rest would hide it. */
const MAX_FINDINGS = 100;

/** Opens a YAML file of one document; findings tell where that fails. Never throws. */
export function openYaml({ path: file, text }: ConfigFile): YamlReader {
  const lines = new LineCounter();
  const findings: Finding[] = [];
  // A file that is too deep or too much is not read any further.
  let isExhausted = false;
  const positionAt = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const add = (code: RatelimitCode, at: SourcePosition, path: string, report: Report): void => {
    if (isExhausted || findings.length >= MAX_FINDINGS) return;
    isExhausted = code === 'RL1008';
    findings.push({ code, severity: severityOf(code), at, path, ...report });
  };
  const documents = parse(text, lines);
  const document = documents[0];
  const problem = document?.errors[0] ?? document?.warnings[0];
  if (problem !== undefined) {
    add('RL1001', positionAt(problem.pos[0]), '', {
      expected: 'YAML that can be read',
      got: firstLine(problem.message),
    });
  }
  const second = documents[1];
  if (second !== undefined && problem === undefined) {
    add('RL1002', positionAt(second.range[0]), '', {
      expected: 'one document a file',
      got: 'a second document',
      hint: 'put it into a file of its own',
    });
  }

  let nodesRead = 0;
  const positionOf = ({ node }: Place): SourcePosition => positionAt(node.range?.[0] ?? 0);
  const report = (code: RatelimitCode, place: Place, details: Report): void =>
    add(code, positionOf(place), place.path, details);
  const aliases = new Map<Node, Node>();
  const resolve = (place: Place): Place => {
    if (document === undefined || !isAlias(place.node)) return place;
    // Resolving walks the document, so each alias is resolved once.
    const node = aliases.get(place.node) ?? place.node.resolve(document) ?? place.node;
    aliases.set(place.node, node);
    return { node, path: place.path };
  };
  const isWithinBounds = (place: Place): boolean => {
    nodesRead += 1;
    if (nodesRead > MAX_NODES) {
      report('RL1008', place, { expected: `at most ${MAX_NODES} values in a file`, got: 'more' });
    }
    return !isExhausted;
  };
  const context = { report, resolve };

  return {
    findings,
    root:
      problem !== undefined || document?.contents == null ? undefined : { node: document.contents, path: '' },
    positionOf,
    report,
    fields: (place) => {
      const { node } = resolve(place);
      if (isMap(node)) return isWithinBounds(place) ? mapFields(node, place.path, context, 0) : undefined;
      report('RL1003', place, { expected: 'a map', got: describe(node) });
      return undefined;
    },
    items: (place) => {
      const { node } = resolve(place);
      if (isSeq<Node>(node)) {
        if (!isWithinBounds(place)) return undefined;
        return node.items.map((item, index) => resolve({ node: item, path: `${place.path}[${index}]` }));
      }
      report('RL1003', place, { expected: 'a list', got: describe(node) });
      return undefined;
    },
  };
}

/** What stands at a place, short, for a finding. */
export function describe(node: Node): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'an alias of nothing';
  const text = scalarText(node);
  if (text === '') return 'nothing';
  return text.length > MAX_SHOWN ? `"${text.slice(0, MAX_SHOWN)}…"` : `"${text}"`;
}

function parse(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  // Failsafe: every scalar stays text, for `01234` must match "01234" and nothing else.
  const documents = parseAllDocuments(text, {
    lineCounter,
    schema: 'failsafe',
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    logLevel: 'silent',
  });
  return Array.isArray(documents) ? documents : [];
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

interface FieldContext {
  readonly report: YamlReader['report'];
  readonly resolve: (place: Place) => Place;
}

function mapFields(map: YAMLMap, path: string, context: FieldContext, depth: number): readonly Field[] {
  const { report, resolve } = context;
  const fields = new Map<string, Field>();
  const merged: Field[] = [];
  for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
    const resolved = resolve({ node: key, path }).node;
    if (!isScalar(resolved)) {
      report('RL1006', { node: key, path }, { expected: 'a text as key', got: describe(resolved) });
      continue;
    }
    const name = scalarText(resolved);
    const keyPlace = { node: key, path: path === '' ? name : `${path}.${name}` };
    const place = value === null ? undefined : resolve({ node: value, path: keyPlace.path });
    if (name === '<<' && place !== undefined) {
      merged.push(...mergedFields(place, path, context, depth + 1));
      continue;
    }
    if (fields.has(name)) {
      report('RL1007', keyPlace, { expected: 'each key once', got: `"${name}" again` });
      continue;
    }
    fields.set(name, { key: name, keyPlace, value: place });
  }
  for (const field of merged) if (!fields.has(field.key)) fields.set(field.key, field);
  return [...fields.values()];
}

/** `<<: *base` or `<<: [*a, *b]`: keys of the map itself win, then earlier ones. */
function mergedFields(place: Place, path: string, context: FieldContext, depth: number): readonly Field[] {
  const { node } = place;
  if (depth > MAX_MERGES) {
    context.report('RL1008', place, {
      expected: `at most ${MAX_MERGES} maps merged into each other`,
      got: 'more',
    });
    return [];
  }
  if (isMap(node)) return mapFields(node, path, context, depth);
  if (isSeq<Node>(node)) {
    return node.items.flatMap((item) => {
      return mergedFields(context.resolve({ node: item, path }), path, context, depth + 1);
    });
  }
  context.report('RL1003', place, { expected: 'a map to merge', got: describe(node) });
  return [];
}
