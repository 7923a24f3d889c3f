import { didYouMean, type PolicyDocument } from '@paymesh/common/policy';

import { boardsOf } from './boards/all.ts';
import { factsOf } from './facts.ts';
import { toGrafana } from './to-grafana.ts';

export type BoardText =
  | { readonly kind: 'board'; readonly text: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** The JSON of one board of a set of policies. */
export function boardText(name: string, documents: readonly PolicyDocument[]): BoardText {
  const boards = boardsOf(factsOf(documents));
  const board = boards.find((candidate) => candidate.name === name);
  if (board !== undefined) return { kind: 'board', text: JSON.stringify(toGrafana(board)) };
  const names = boards.map((candidate) => candidate.name);
  const guess = didYouMean(name, names);
  return {
    kind: 'unknown',
    message: `no board "${name}"${guess === undefined ? '.' : `, ${guess}`} There are ${names.join(', ')}; or name a file such as ./board.json`,
  };
}
