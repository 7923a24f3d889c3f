/** What the rules did to one limit of the log. */
export interface RuleReport {
  readonly domain: string;
  readonly label: string;
  /** Decisions of the new rules. */
  readonly decisions: number;
  readonly over: number;
  /** Of the rules before; 0 where there are none. */
  readonly decisionsBefore: number;
  readonly overBefore: number;
}

/** A counter of which the requests come out otherwise; a count may be up to `error` too high. */
export interface KeyReport {
  readonly label: string;
  readonly entries: readonly string[];
  readonly count: number;
  readonly error: number;
}

export interface ReplayReport {
  readonly requests: number;
  /** Unix milliseconds of the first and last request. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Requests that were earlier than one before them: they are counted at the time of that. */
  readonly outOfOrder: number;
  /** Requests without a decision of the new rules, such as when the counters are too many. */
  readonly undecided: number;
  readonly limited: number;
  /** What the new rules are held against: other rules, what the log says, or nothing. */
  readonly against: 'rules' | 'log' | 'nothing';
  readonly limitedBefore: number;
  /** Passed before, and would be limited. */
  readonly newlyLimited: number;
  /** Limited before, and would pass. */
  readonly newlyPassed: number;
  /** Those that differ most first. */
  readonly rules: readonly RuleReport[];
  /** Who would be limited, most first: where there is something to compare with, only who was not before. */
  readonly limitedKeys: readonly KeyReport[];
  /** Who would not be limited any more, most first. */
  readonly passedKeys: readonly KeyReport[];
}
