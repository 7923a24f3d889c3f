import type { DecidedLimit } from '../limiter/index.ts';
import type { RuleSet } from '../match/index.ts';
import { createTopSketch } from '../top/index.ts';
import type { LogLine } from './parse-line.ts';
import { createRuleTally } from './rule-tally.ts';
import { createSide, type Side } from './side.ts';
import type { KeyReport, ReplayReport } from './types.ts';

export interface ReplayOptions {
  readonly rules: RuleSet;
  /** Rules to hold the new ones against. Default: what the log says of itself, where it does. */
  readonly before?: RuleSet | undefined;
}

/** Runs a log through rules, in bounded memory. */
export interface Replay {
  add(line: LogLine): Promise<void>;
  report(): ReplayReport;
}

type Known = Pick<KeyReport, 'label' | 'entries'>;

/** Keys that are told apart, and of them those that are shown. */
const KEYS = 1_000;
const SHOWN_KEYS = 20;
const MAX_TEXT = 100;

/** Decides as the limiter would have, each side on counters of its own, at the times of the log. */
export function createReplay({ rules, before }: ReplayOptions): Replay {
  const tally = createRuleTally();
  const now = createSide(rules);
  const old = before === undefined ? undefined : createSide(before);
  const limitedKeys = createTopSketch<Known>(KEYS);
  const passedKeys = createTopSketch<Known>(KEYS);
  const sums = {
    requests: 0,
    outOfOrder: 0,
    undecided: 0,
    limited: 0,
    limitedBefore: 0,
    newlyLimited: 0,
    newlyPassed: 0,
  };
  let fromMs: number | undefined;
  let toMs: number | undefined;
  let isCompared = before !== undefined;

  const clockTo = (timeMs: number): number => {
    if (toMs !== undefined && timeMs < toMs) sums.outOfOrder += 1;
    fromMs ??= timeMs;
    toMs = Math.max(toMs ?? timeMs, timeMs);
    return toMs;
  };
  const wasOver = async (line: LogLine, timeMs: number): Promise<boolean | undefined> => {
    if (old === undefined) return line.wasOver;
    const { isOver, limits } = await old.decide(line.request, timeMs);
    tally.add(limits, 'before');
    return isOver ?? false;
  };
  const note = (isOver: boolean | undefined, over: boolean | undefined): void => {
    sums.requests += 1;
    if (isOver === undefined) sums.undecided += 1;
    if (isOver === true) sums.limited += 1;
    if (over === true) sums.limitedBefore += 1;
    if (isOver === true && over === false) sums.newlyLimited += 1;
    if (isOver === false && over === true) sums.newlyPassed += 1;
  };
  return {
    add: async (line) => {
      const timeMs = clockTo(line.timeMs);
      const { isOver, limits } = await now.decide(line.request, timeMs);
      const over = await wasOver(line, timeMs);
      tally.add(limits, 'now');
      isCompared ||= over !== undefined;
      note(isOver, over);
      if (isOver === true && over !== true) addKey(limitedKeys, limits);
      if (isOver === false && over === true) addKey(passedKeys, old?.last() ?? limits);
    },
    report: () => ({
      ...sums,
      fromMs,
      toMs,
      against: againstOf(old, isCompared),
      rules: tally.list(),
      limitedKeys: shown(limitedKeys),
      passedKeys: shown(passedKeys),
    }),
  };
}

function againstOf(old: Side | undefined, isCompared: boolean): ReplayReport['against'] {
  if (old !== undefined) return 'rules';
  return isCompared ? 'log' : 'nothing';
}

/** The counter of the limit that is over or, where none is, of the first. */
function addKey(keys: ReturnType<typeof createTopSketch<Known>>, limits: readonly DecidedLimit[]): void {
  const limit = limits.find(({ outcome }) => outcome === 'over') ?? limits[0];
  if (limit === undefined) return;
  const { rule, entries } = limit;
  const texts = entries.map(({ key, value }) => `${key}=${value}`.slice(0, MAX_TEXT));
  keys.add(`${rule.label}|${texts.join('|')}`, 1, () => ({ label: rule.label, entries: texts }));
}

function shown(keys: ReturnType<typeof createTopSketch<Known>>): readonly KeyReport[] {
  return keys
    .list()
    .slice(0, SHOWN_KEYS)
    .map(({ value, count, error }) => ({ ...value, count, error }));
}
