import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';

import { finding } from '../finding/finding.ts';
import { MAX_DEPTH } from '../limits.ts';
import type { Finding, SourcePosition } from '../types.ts';
import type { MapEntry, Placed, YamlNode } from './node.ts';

/** What a document's nodes share while they are converted. */
export interface Origin {
  readonly position: (offset: number) => SourcePosition;
  /** Filled in document order, as the YAML specification resolves aliases. */
  readonly anchors: Map<string, YamlNode>;
  readonly findings: Finding[];
}

/**
 * Turns a node of the `yaml` package into a positioned node. An alias gives the very node of its
 * anchor, so documents that multiply themselves by aliases cost nothing.
 */
export function convertNode(node: Node, origin: Origin, depth: number): YamlNode | undefined {
  const place = placeOf(node, origin);
  if (depth > MAX_DEPTH) {
    origin.findings.push(
      finding('PM1007', place.at, { expected: `at most ${MAX_DEPTH} levels of nesting`, got: 'more' }),
    );
    return undefined;
  }
  if (isAlias(node)) return resolveAlias(node.source, place, origin);
  const converted = convertPlain(node, place, origin, depth);
  if ('anchor' in node && node.anchor !== undefined && converted !== undefined) {
    origin.anchors.set(node.anchor, converted);
  }
  return converted;
}

function convertPlain(node: Node, place: Placed, origin: Origin, depth: number): YamlNode | undefined {
  if (isScalar(node))
    return { kind: 'scalar', value: scalarValue(node), source: node.source ?? '', ...place };
  if (isMap(node)) return { kind: 'map', entries: convertEntries(node, origin, depth), ...place };
  if (!isSeq<Node>(node)) return undefined;
  const items: YamlNode[] = [];
  for (const item of node.items) {
    const converted = convertNode(item, origin, depth + 1);
    if (converted !== undefined) items.push(converted);
  }
  return { kind: 'list', items, ...place };
}

function resolveAlias(anchor: string, place: Placed, origin: Origin): YamlNode | undefined {
  const target = origin.anchors.get(anchor);
  if (target === undefined) {
    origin.findings.push(
      finding('PM1003', place.at, {
        expected: 'an alias of an anchor that stands before it and does not contain it',
        got: `*${anchor}`,
        length: place.length,
      }),
    );
  }
  return target;
}

function scalarValue(node: Scalar): string | number | boolean | null {
  const { value } = node;
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  return node.source ?? '';
}

function convertEntries(map: YAMLMap, origin: Origin, depth: number): ReadonlyMap<string, MapEntry> {
  const entries = new Map<string, MapEntry>();
  for (const pair of map.items as readonly Pair<Node, Node | null>[]) {
    const key = convertKey(pair.key, origin);
    if (key === undefined) continue;
    const first = entries.get(key.text);
    if (first !== undefined) {
      const { line, column } = first.key.at;
      origin.findings.push(
        finding('PM1002', key.place.at, {
          expected: `each key once; "${key.text}" also stands at ${line}:${column}`,
          got: `"${key.text}" again`,
          length: key.place.length,
        }),
      );
      continue;
    }
    const value = pair.value === null ? absentValue(key.place) : convertNode(pair.value, origin, depth + 1);
    if (value !== undefined) entries.set(key.text, { key: key.place, value });
  }
  return entries;
}

function convertKey(
  key: Node,
  origin: Origin,
): { readonly text: string; readonly place: Placed } | undefined {
  const place = placeOf(key, origin);
  if (isScalar(key)) return { text: String(scalarValue(key)), place };
  origin.findings.push(
    finding('PM1004', place.at, { expected: 'text as a key', got: 'an alias, a list or a map' }),
  );
  return undefined;
}

/** `{key}` in a flow map has no value of its own: it stands where the key stands. */
function absentValue(key: Placed): YamlNode {
  return { kind: 'scalar', value: null, source: '', ...key };
}

function placeOf(node: Node, { position }: Origin): Placed {
  const [start, end] = node.range ?? [0, 0];
  return { at: position(start), length: Math.max(1, end - start) };
}
