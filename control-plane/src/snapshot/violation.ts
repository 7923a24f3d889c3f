import type { ResourceType } from './model.ts';

/** Why a resource cannot be sent. */
export interface SnapshotViolation {
  readonly node: string;
  readonly type: ResourceType;
  readonly name: string;
  /** Proto path inside the resource; empty when the resource as a whole is meant. */
  readonly path: string;
  /** Rule of the proto, or `consistency.…`. */
  readonly rule: string;
  readonly message: string;
}

/** A violation as one line. */
export function formatViolation({ node, type, name, path, rule, message }: SnapshotViolation): string {
  return `${node}: ${type} ${name}${path === '' ? '' : ` at ${path}`}: ${message} (${rule})`;
}
