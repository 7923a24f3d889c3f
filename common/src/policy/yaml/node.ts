import type { SourcePosition } from '../types.ts';

/** A YAML value that knows where it was typed. Aliases are resolved: the place is the anchor's. */
export type YamlNode = ScalarNode | ListNode | MapNode;

export interface Placed {
  readonly at: SourcePosition;
  /** Characters from `at` to the end of the value, also over line ends. */
  readonly length: number;
}

export interface ScalarNode extends Placed {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it was typed: `1.10` where the value is 1.1. */
  readonly source: string;
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  readonly key: Placed;
  readonly value: YamlNode;
}
