import type { Finding, RateUnit, SourcePosition } from '@paymesh/common/policy';

import type { Allowance, NodeSpec, Rule, ValueMatch } from '../match/index.ts';
import { isNothing, knownFields, readBoolean, readItems, readText, readUint32 } from './field-readers.ts';
import { suggest } from './suggest.ts';
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
const RATE_LIMIT_KEYS = ['unit', 'requests_per_unit', 'unlimited', 'name', 'replaces'];
const UNITS: readonly RateUnit[] = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'];
/** Deepest nesting of descriptors. */
const MAX_DEPTH = 32;

/**
 * Reads a configuration file of envoyproxy/ratelimit with all that is wrong in it. Stricter than the
 * original where that loads a mistake in silence: misplaced keys, doubled keys, a second document.
 */
export function parseRatelimitYaml(file: ConfigFile): RatelimitFile {
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
  const nodes = readNodes(reader, fields.get('descriptors'), [], 0);
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

function readNodes(
  reader: YamlReader,
  field: Field | undefined,
  parents: readonly string[],
  depth: number,
): readonly DeclaredNode[] {
  if (depth >= MAX_DEPTH && field !== undefined) {
    reader.report('RL1008', field.keyPlace, {
      expected: `at most ${MAX_DEPTH} levels of descriptors`,
      got: 'more',
    });
    return [];
  }
  return readItems(reader, field).flatMap((place) => {
    const fields = knownFields(reader, place, DESCRIPTOR_KEYS);
    return fields === undefined ? [] : [readNode(reader, { place, fields, parents, depth })];
  });
}

interface NodeInput {
  readonly place: Place;
  readonly fields: Fields;
  readonly parents: readonly string[];
  readonly depth: number;
}

function readNode(reader: YamlReader, { place, fields, parents, depth }: NodeInput): DeclaredNode {
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
  readMetadata(reader, fields.get('metadata'));
  const path = [...parents, pathText(key, value)];
  const rule = readRule(reader, fields, path.join(','));
  return {
    at: reader.positionOf(place),
    key,
    isKeyPattern,
    value,
    sharesCounter,
    rules: rule === undefined ? [] : [rule],
    children: readNodes(reader, fields.get('descriptors'), path, depth + 1),
  };
}

function valueMatch(text: string): ValueMatch {
  if (text === '') return { kind: 'any' };
  return text.includes('*') ? { kind: 'wildcard', pattern: text } : { kind: 'exact', value: text };
}

/** `key=value` as the label of a rule shows it. */
export function pathText(key: string, value: ValueMatch): string {
  switch (value.kind) {
    case 'any':
      return key;
    case 'exact':
      return `${key}=${value.value}`;
    case 'wildcard':
      return `${key}=${value.pattern}`;
  }
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

function readMetadata(reader: YamlReader, field: Field | undefined): void {
  // What is in it is free; only that it is a map is checked.
  if (field?.value !== undefined && !isNothing(field.value)) reader.fields(field.value);
}

function readRule(reader: YamlReader, node: Fields, label: string): Rule | undefined {
  const isShadow = readBoolean(reader, node.get('shadow_mode'));
  const isQuota = readBoolean(reader, node.get('quota_mode'));
  const place = node.get('rate_limit')?.value;
  if (place === undefined || isNothing(place)) return undefined;
  const fields = knownFields(reader, place, RATE_LIMIT_KEYS);
  if (fields === undefined) return undefined;
  const name = readText(reader, fields.get('name'));
  return {
    label,
    name,
    allowance: readAllowance(reader, place, fields),
    replaces: readReplaces(reader, fields.get('replaces'), name),
    isSpared: false,
    isShadow,
    isQuota,
    sendsRetryAfter: true,
    // The failure mode of the proxy decides, as with envoyproxy/ratelimit.
    onStoreDown: { kind: 'closed' },
  };
}

function readAllowance(reader: YamlReader, place: Place, fields: Fields): Allowance {
  const text = readText(reader, fields.get('unit'));
  const unit = UNITS.find((candidate) => candidate === text.toLowerCase());
  const unitPlace = fields.get('unit')?.value ?? place;
  const requests = readUint32(reader, fields.get('requests_per_unit'));
  if (readBoolean(reader, fields.get('unlimited'))) {
    if (unit !== undefined) {
      reader.report('RL2006', unitPlace, { expected: 'no unit beside unlimited: true', got: `"${text}"` });
    }
    return { kind: 'unlimited' };
  }
  if (unit === undefined) reportUnit(reader, unitPlace, text);
  if (requests === undefined) {
    reader.report('RL2013', place, {
      expected: 'requests_per_unit',
      got: 'none, which means 0: nothing passes',
      hint: 'write requests_per_unit: 0 if that is meant',
    });
  }
  return {
    kind: 'rate',
    requests: requests ?? 0,
    period: { unit: unit ?? 'second', every: 1 },
    algorithm: { kind: 'fixed' },
  };
}

function reportUnit(reader: YamlReader, place: Place, text: string): void {
  const meant = suggest(text, UNITS);
  reader.report('RL2005', place, {
    expected: `one of ${UNITS.join(', ')}`,
    got: text === '' ? 'no unit' : `"${text}"`,
    ...(meant !== undefined && { hint: `did you mean "${meant}"?` }),
  });
}

function readReplaces(reader: YamlReader, field: Field | undefined, ownName: string): readonly string[] {
  return readItems(reader, field).map((place) => {
    const fields = knownFields(reader, place, ['name']);
    if (fields === undefined) return '';
    const name = readText(reader, fields.get('name'));
    if (name === '') {
      reader.report('RL2007', place, {
        expected: 'the name of the rate_limit that is replaced',
        got: 'no name',
      });
    } else if (name === ownName) {
      reader.report('RL2008', place, {
        expected: 'the name of another rate_limit',
        got: `"${name}", its own`,
      });
    }
    return name;
  });
}
