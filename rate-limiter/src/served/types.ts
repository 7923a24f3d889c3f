import type { SourceFile } from '@paymesh/common/source';

/** The policies that a control plane serves, as a whole. */
export interface ServedSet {
  /** Hash of the content, of the control plane; equal on all its replicas. */
  readonly version: string;
  readonly files: readonly SourceFile[];
}
