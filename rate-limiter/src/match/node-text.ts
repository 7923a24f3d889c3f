import type { NodeSpec } from './types.ts';

/** A node as labels, findings and people read it: `user=a*`; a key alone takes every value. */
export function nodeText({ key, value }: Pick<NodeSpec, 'key' | 'value'>): string {
  switch (value.kind) {
    case 'any':
      return key;
    case 'exact':
      return `${key}=${value.value}`;
    case 'wildcard':
      return `${key}=${value.pattern}`;
  }
}
