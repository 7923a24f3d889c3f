import { takenKey } from '@paymesh/common/policy';

import { measureText } from '../limiter/index.ts';
import type { Rule } from '../match/index.ts';
import { isNothing, knownFields, readBoolean, readItems, readText, readWord } from './field-readers.ts';
import { type Fields, RATE_LIMIT_KEYS, readAllowance } from './read-allowance.ts';
import { readMetadata } from './read-metadata.ts';
import type { Field, Place, YamlReader } from './yaml-reader.ts';

export interface RuleInput {
  /** Of the descriptor. */
  readonly label: string;
  readonly isSpared: boolean;
}

type Common = Pick<Rule, 'isShadow' | 'isQuota' | 'metadata'>;

/** The limits of a descriptor: that of its `rate_limit`, or those of the list in it. None: the descriptor is exempt. */
export function readRules(reader: YamlReader, node: Fields, input: RuleInput): readonly Rule[] {
  const isShadow = readBoolean(reader, node.get('shadow_mode'));
  const isQuota = readBoolean(reader, node.get('quota_mode'));
  const metadata = readMetadata(reader, node.get('metadata'));
  const common: Common = { isShadow, isQuota, ...(metadata !== undefined && { metadata }) };
  const place = node.get('rate_limit')?.value;
  if (place === undefined || isNothing(place)) return [];
  const fields = knownFields(reader, place, [...RATE_LIMIT_KEYS, 'limits']);
  if (fields === undefined) return [];
  const limits = fields.get('limits');
  if (limits === undefined) return [readRule(reader, { place, fields, common, ...input })];
  for (const [key, field] of fields) {
    if (key !== 'limits') {
      const expected = 'no other key beside limits: each of them says all that holds for it';
      reader.report('RL2015', field.keyPlace, { expected, got: `"${key}"` });
    }
  }
  return readList(reader, limits, common, input);
}

/** Several limits on one descriptor; each has a counter of its own, so they must measure differently. */
function readList(reader: YamlReader, field: Field, common: Common, input: RuleInput): readonly Rule[] {
  const seen = new Set<string>();
  return readItems(reader, field).flatMap((place, index) => {
    const fields = knownFields(reader, place, RATE_LIMIT_KEYS);
    if (fields === undefined) return [];
    const label = `${input.label}#${readText(reader, fields.get('name')) || index + 1}`;
    const rule = readRule(reader, { place, fields, common, label, isSpared: input.isSpared });
    const measure = measureText(rule.allowance);
    if (seen.has(measure)) {
      reader.report('RL2014', place, {
        expected: 'limits of one descriptor that differ in time or algorithm',
        got: `a second one by ${measure}: both would count in one counter`,
      });
    }
    seen.add(measure);
    return [rule];
  });
}

interface LimitInput extends RuleInput {
  readonly place: Place;
  readonly fields: Fields;
  readonly common: Common;
}

function readRule(reader: YamlReader, { place, fields, common, label, isSpared }: LimitInput): Rule {
  const name = readText(reader, fields.get('name'));
  const allowance = readAllowance(reader, place, fields);
  const consume = readWord(reader, fields.get('consume'), ['always', 'admitted']);
  const isHeld = allowance.kind === 'concurrency';
  if (isHeld && consume === 'always') {
    reader.report('RL2015', fields.get('consume')?.value ?? place, {
      expected: 'admitted beside concurrency: a denied request is not under way',
      got: '"always"',
    });
  }
  return {
    label,
    name,
    allowance,
    replaces: readReplaces(reader, fields.get('replaces'), name),
    isSpared: isHeld || (consume === undefined ? isSpared : consume === 'admitted'),
    ...(isHeld && { takenKey: takenKey(name === '' ? label : name) }),
    ...common,
    sendsRetryAfter: true,
    // The failure mode of the proxy decides, as with envoyproxy/ratelimit.
    onStoreDown: { kind: 'closed' },
  };
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
