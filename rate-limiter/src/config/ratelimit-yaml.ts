import type { Finding, SourcePosition } from '@paymesh/common/policy';

import { type NodeSpec, nodeText, type ValueMatch } from '../match/index.ts';
import { knownFields, readBoolean, readItems, readText } from './field-readers.ts';
import { readRules } from './read-rules.ts';
import { type ConfigFile, type Field, openYaml, type Place, type YamlReader } from './yaml-reader.ts';

/** A node with the place where it was declared. */
export interface DeclaredNode extends NodeSpec {
  readonly at: SourcePosition;
  readonly children: readonly DeclaredNode[];
}

/** One envoyproxy/ratelimit file. */
export interface RatelimitFile {
  /** Undefined where it could not be read. */
  readonly domain: string | undefined;
  /** Where the domain stands. */
  readonly at: SourcePosition;
  readonly nodes: readonly DeclaredNode[];
  readonly findings: readonly Finding[];
}

export interface RuleDefaults {
  /** What a denied request takes of a rule that does not say: true for nothing. Default false. */
  readonly isSpared?: boolean;
}

type Fields = ReadonlyMap<string, Field>;

const ROOT_KEYS = ['domain', 'descriptors'];
const DESCRIPTOR_KEYS = [
  'key',
  'value',
  'rate_limit',
  'descriptors',
  'shadow_mode',
  'quota_mode',
  'detailed_metric',
  'value_to_metric',
  'share_threshold',
  'metadata',
];
/** Deepest nesting of descriptors. */
const MAX_DEPTH = 32;

/**
 * Reads a configuration file of envoyproxy/ratelimit with all that is wrong in it. Stricter than the
 * original where that loads a mistake in silence: misplaced keys, doubled keys, a second document.
 */
export function parseRatelimitYaml(file: ConfigFile, { isSpared = false }: RuleDefaults = {}): RatelimitFile {
  const reader = openYaml(file);
  const start = { file: file.path, line: 1, column: 1 };
  const { root } = reader;
  if (root === undefined) {
    const findings = reader.findings.length > 0 ? reader.findings : [emptyFile(start)];
    return { domain: undefined, at: start, nodes: [], findings };
  }
  const fields = knownFields(reader, root, ROOT_KEYS);
  if (fields === undefined) return { domain: undefined, at: start, nodes: [], findings: reader.findings };
  const domain = readText(reader, fields.get('domain'));
  const place = fields.get('domain')?.value ?? root;
  if (domain === '') {
    reader.report('RL2001', place, {
      expected: 'a domain: the name that the proxies send',
      got: 'no domain',
    });
  }
  const nodes = readNodes(reader, fields.get('descriptors'), { parents: [], depth: 0, isSpared });
  return {
    domain: domain === '' ? undefined : domain,
    at: reader.positionOf(place),
    nodes,
    findings: reader.findings,
  };
}

function emptyFile(at: SourcePosition): Finding {
  return {
    code: 'RL2001',
    severity: 'error',
    at,
    path: '',
    expected: 'a domain: the name that the proxies send',
    got: 'an empty file',
  };
}

function readNodes(reader: YamlReader, field: Field | undefined, level: LevelInput): readonly DeclaredNode[] {
  if (level.depth >= MAX_DEPTH && field !== undefined) {
    reader.report('RL1008', field.keyPlace, {
      expected: `at most ${MAX_DEPTH} levels of descriptors`,
      got: 'more',
    });
    return [];
  }
  return readItems(reader, field).flatMap((place) => {
    const fields = knownFields(reader, place, DESCRIPTOR_KEYS);
    return fields === undefined ? [] : [readNode(reader, { ...level, place, fields })];
  });
}

interface LevelInput extends Required<RuleDefaults> {
  readonly parents: readonly string[];
  readonly depth: number;
}

interface NodeInput extends LevelInput {
  readonly place: Place;
  readonly fields: Fields;
}

function readNode(reader: YamlReader, { place, fields, parents, depth, isSpared }: NodeInput): DeclaredNode {
  const key = readText(reader, fields.get('key'));
  if (key === '') {
    const at = fields.get('key')?.value ?? place;
    reader.report('RL2003', at, { expected: 'a key: the name of a descriptor entry', got: 'no key' });
  }
  const value = valueMatch(readText(reader, fields.get('value')));
  const isKeyPattern = key.includes('*');
  const sharesCounter = readShare(reader, fields, isKeyPattern || value.kind === 'wildcard');
  // Accepted for the sake of files that have them: metrics here never carry values of requests.
  readBoolean(reader, fields.get('detailed_metric'));
  readBoolean(reader, fields.get('value_to_metric'));
  const path = [...parents, nodeText({ key, value })];
  const rules = readRules(reader, fields, { label: path.join(','), isSpared });
  return {
    at: reader.positionOf(place),
    key,
    isKeyPattern,
    value,
    sharesCounter,
    rules,
    children: readNodes(reader, fields.get('descriptors'), { parents: path, depth: depth + 1, isSpared }),
  };
}

function valueMatch(text: string): ValueMatch {
  if (text === '') return { kind: 'any' };
  return text.includes('*') ? { kind: 'wildcard', pattern: text } : { kind: 'exact', value: text };
}

function readShare(reader: YamlReader, fields: Fields, hasWildcard: boolean): boolean {
  const field = fields.get('share_threshold');
  const isShared = readBoolean(reader, field);
  if (!isShared || hasWildcard || field?.value === undefined) return isShared;
  reader.report('RL2009', field.value, {
    expected: 'share_threshold only where the value has a wildcard (*)',
    got: 'a value without one',
  });
  return false;
}
