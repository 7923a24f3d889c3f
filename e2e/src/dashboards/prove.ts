import { eventually } from '@paymesh/common/testing';

import { type Judged, judge } from './judge.ts';
import { STORIES } from './movers.ts';
import { FADE_MS, type Performance } from './perform.ts';

/** So often a story is told again of which something was not seen. */
const MOST_RETELLINGS = 3;

/**
 * Tells every story, then judges every expression. A story whose expressions did not all move is told again: a rate does not
 * see the value with which a series begins, so the first of a kind may go by unseen, and a busy machine is scraped late.
 * What was fine once stays so.
 */
export async function prove(
  performance: Performance,
  stories: readonly string[] = STORIES,
): Promise<readonly Judged[]> {
  for (const story of stories) await performance.tell(story);
  let judged = await judge(performance);
  const look = async (): Promise<void> => {
    const now = await judge(performance);
    judged = judged.map((before, index) => (isFine(before) ? before : (now[index] ?? before)));
    if (unseen(performance, judged).length > 0) throw new Error('something was not seen yet');
  };
  for (let retelling = 1; retelling <= MOST_RETELLINGS; retelling += 1) {
    const again = unseen(performance, judged).filter((story) => stories.includes(story));
    if (again.length === 0) break;
    for (const story of again) await performance.tell(story);
    // What is still wrong when traces have faded is told by its faults.
    await eventually(look, { timeoutMs: FADE_MS, everyMs: 500 }).catch(() => undefined);
  }
  return judged;
}

function unseen({ broken }: Performance, judged: readonly Judged[]): readonly string[] {
  const stories = judged.flatMap((one) => (isFine(one) || one.mover === undefined ? [] : [one.mover.story]));
  return STORIES.filter((story) => broken.has(story) || stories.includes(story));
}

function isFine({ faults }: Judged): boolean {
  return faults.length === 0;
}
