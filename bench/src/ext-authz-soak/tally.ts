import type { ReadAnswer } from './read-answer.ts';

/** A check with what came of it. */
export interface Judged {
  readonly sender: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly nowMs: number;
  readonly answer: ReadAnswer;
  /** Why an allow, or the word that something is a replay, was wrong. */
  readonly wrong: string | undefined;
  /** A rightly signed message that was not let through. */
  readonly isWrongDenial: boolean;
  /** What went wrong inside of the service. */
  readonly fault: string | undefined;
}

/** A case to look into. */
export interface Failure {
  readonly what: string;
  /** Number of the check in the run. */
  readonly index: number;
  readonly judged: Judged;
}

/** Counts by sender and outcome. */
export interface Tally {
  total(): number;
  add(judged: Judged): void;
  /** By sender, then by outcome. */
  readonly outcomes: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly reasons: ReadonlyMap<string, number>;
  /** By what is wrong. */
  readonly wrong: ReadonlyMap<WrongKind, number>;
  /** The first of them. */
  readonly failures: readonly Failure[];
}

export type WrongKind = 'false allow' | 'false proof' | 'wrong denial' | 'error';

const MAX_FAILURES = 10;

/** An empty tally. */
export function createTally(): Tally {
  const outcomes = new Map<string, Map<string, number>>();
  const reasons = new Map<string, number>();
  const wrong = new Map<WrongKind, number>();
  const failures: Failure[] = [];
  let total = 0;

  function note(kind: WrongKind, why: string, judged: Judged): void {
    count(wrong, kind);
    if (failures.length < MAX_FAILURES) failures.push({ what: `${kind}: ${why}`, index: total, judged });
  }

  return {
    total: () => total,
    add: (judged) => {
      const { sender, answer, wrong: why, isWrongDenial, fault } = judged;
      total += 1;
      const ofSender = outcomes.get(sender) ?? new Map<string, number>();
      outcomes.set(sender, ofSender);
      count(ofSender, answer.kind === 'deny' ? String(answer.status) : 'allow');
      count(reasons, answer.reason);
      if (why !== undefined) note(answer.kind === 'allow' ? 'false allow' : 'false proof', why, judged);
      if (isWrongDenial) note('wrong denial', answer.reason, judged);
      if (fault !== undefined) note('error', fault, judged);
    },
    outcomes,
    reasons,
    wrong,
    failures,
  };
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
