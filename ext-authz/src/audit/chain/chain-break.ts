/** What is wrong at the first line that does not follow from the one before. */
export type BreakKind =
  /** Its bytes are not those that were sealed. */
  | 'edited'
  /** The line before it was changed and sealed anew. */
  | 'replaced'
  | 'removed'
  | 'inserted'
  | 'reordered'
  /** A line that no chain has, and that no later record tells of. */
  | 'malformed'
  /** A chain begins at 1 where another should go on. */
  | 'new_chain'
  /** The hash that must be in the chain is not. */
  | 'truncated'
  /** There is no record at all. */
  | 'empty'
  /** The chain was made with a key, and none is given; or the other way round. */
  | 'wrong_key';

/** Where a chain breaks. */
export interface ChainBreak {
  readonly kind: BreakKind;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A sentence. */
  readonly message: string;
}
