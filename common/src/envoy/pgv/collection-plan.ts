import { type DescField, ScalarType } from '@bufbuild/protobuf';

import {
  type FieldRules,
  type MapRules,
  MapRulesSchema,
  type RepeatedRules,
  RepeatedRulesSchema,
} from '../gen/validate/validate_pb.ts';
import { type NestedCheck, type ValuePlan, valuePlan } from './value-plan.ts';
import { type Check, checkAt, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

type ListField = DescField & { readonly fieldKind: 'list' };
type MapField = DescField & { readonly fieldKind: 'map' };

/** The check of a repeated field; undefined where nothing is asked of it. */
export function listCheck(
  field: ListField,
  rules: FieldRules | undefined,
  nested: NestedCheck,
): Check<readonly unknown[]> | undefined {
  const own = rules?.type.case === 'repeated' ? rules.type.value : undefined;
  const item = valuePlan(field, own?.items, { nested, isBoxed: true });
  const tests = own === undefined ? [] : listTests(own);
  if (tests.length === 0 && isIdle(item)) return undefined;
  const testItem = elementCheck(item);
  return (list, run) => {
    if (own?.ignoreEmpty === true && list.length === 0) return;
    for (const [rule, expected, isKept] of tests) {
      if (!isKept(list)) fail(run, `repeated.${rule}`, expected);
    }
    if (isIdle(item)) return;
    for (const [index, value] of list.entries()) checkAt(`[${index}]`, testItem, value, run);
  };
}

type Test<T> = readonly [rule: string, expected: string, isKept: (value: T) => boolean];

function listTests(message: RepeatedRules): readonly Test<readonly unknown[]>[] {
  const { minItems, maxItems, unique } = writtenRules(RepeatedRulesSchema, message);
  const tests: Test<readonly unknown[]>[] = [];
  if (minItems !== undefined) {
    tests.push(['min_items', `must have at least ${minItems} items`, ({ length }) => length >= minItems]);
  }
  if (maxItems !== undefined) {
    tests.push(['max_items', `must have at most ${maxItems} items`, ({ length }) => length <= maxItems]);
  }
  if (unique === true) {
    tests.push([
      'unique',
      'must not repeat an item',
      (list) => new Set(list.map(comparable)).size === list.length,
    ]);
  }
  return tests;
}

/** Bytes are equal by content, everything else that may be unique is equal by value. */
function comparable(item: unknown): unknown {
  return item instanceof Uint8Array ? Buffer.from(item).toString('latin1') : item;
}

/** The check of a map field; undefined where nothing is asked of it. */
export function mapCheck(
  field: MapField,
  rules: FieldRules | undefined,
  nested: NestedCheck,
): Check<Readonly<Record<string, unknown>>> | undefined {
  const own = rules?.type.case === 'map' ? rules.type.value : undefined;
  const key = valuePlan({ enum: undefined, message: undefined }, own?.keys, { nested, isBoxed: false });
  const value = valuePlan(field, own?.values, { nested, isBoxed: true });
  const tests = own === undefined ? [] : pairTests(own);
  if (tests.length === 0 && isIdle(key) && isIdle(value)) return undefined;
  const testKey = elementCheck(key);
  const testValue = elementCheck(value);
  return (map, run) => {
    const pairs = Object.entries(map);
    if (own?.ignoreEmpty === true && pairs.length === 0) return;
    for (const [rule, expected, isKept] of tests) {
      if (!isKept(pairs)) fail(run, `map.${rule}`, expected);
    }
    for (const [name, item] of pairs) {
      const typed = typedKey(field, name);
      const segment = typeof typed === 'string' ? `[${JSON.stringify(typed)}]` : `[${typed}]`;
      checkAt(segment, testKey, typed, run);
      checkAt(segment, testValue, item, run);
    }
  };
}

function pairTests(message: MapRules): readonly Test<readonly (readonly [string, unknown])[]>[] {
  const { minPairs, maxPairs, noSparse } = writtenRules(MapRulesSchema, message);
  const tests: Test<readonly (readonly [string, unknown])[]>[] = [];
  if (minPairs !== undefined) {
    tests.push(['min_pairs', `must have at least ${minPairs} pairs`, ({ length }) => length >= minPairs]);
  }
  if (maxPairs !== undefined) {
    tests.push(['max_pairs', `must have at most ${maxPairs} pairs`, ({ length }) => length <= maxPairs]);
  }
  if (noSparse === true) {
    tests.push([
      'no_sparse',
      'must have a value for every key',
      (pairs) => pairs.every(([, value]) => value !== undefined),
    ]);
  }
  return tests;
}

/** Keys of a protobuf-es map are properties, that is texts. */
function typedKey({ mapKey }: MapField, name: string): string | number | bigint | boolean {
  switch (mapKey) {
    case ScalarType.STRING:
      return name;
    case ScalarType.BOOL:
      return name === 'true';
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return BigInt(name);
    case ScalarType.INT32:
    case ScalarType.UINT32:
    case ScalarType.SINT32:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return Number(name);
  }
}

function isIdle({ requiredBy, check }: ValuePlan): boolean {
  return requiredBy === undefined && check === undefined;
}

function elementCheck({ requiredBy, check }: ValuePlan): Check {
  return (value, run) => {
    if (value !== undefined) check?.(value, run);
    else if (requiredBy !== undefined) fail(run, requiredBy, 'must be set');
  };
}
