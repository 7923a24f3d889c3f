import type { PolicyDocument } from '@paymesh/common/policy';

import { boardsOf } from './boards/all.ts';
import { factsOf } from './facts.ts';

/** The boards of a set of policies: name, what it answers, number of panels. */
export function listBoards(
  documents: readonly PolicyDocument[],
): readonly { readonly name: string; readonly description: string; readonly panels: number }[] {
  return boardsOf(factsOf(documents)).map(({ name, description, rows }) => ({
    name,
    description,
    panels: rows.reduce((sum, row) => sum + row.panels.length, 0),
  }));
}
