import { isFlat, type Memory, TOLERANCE } from './memory.ts';
import type { SoakResult } from './run-soak.ts';
import type { Failure, Tally, WrongKind } from './tally.ts';

const OUTCOMES = ['allow', '401', '403', '409', '413', '503'];
const NAME_WIDTH = 26;
const COUNT_WIDTH = 12;
/** Below so many checks what is kept is still filling after a tenth of them. */
const MIN_CHECKS_FOR_MEMORY = 500_000;
const MIB = 2 ** 20;

/** True when nothing was wrong and memory stayed flat (or was not judged). */
export function isGood({ tally, memory }: SoakResult): boolean {
  return tally.wrong.size === 0 && (!isMemoryJudged(tally) || isFlat(memory));
}

/** The whole result, line by line. */
export function reportLines(result: SoakResult, seed: number): readonly string[] {
  const { tally, seconds, memory } = result;
  const allowed = sumOf(tally, 'allow');
  const wrong = (kind: WrongKind) => tally.wrong.get(kind) ?? 0;
  return [
    `Node ${process.versions.node}; seed ${seed}; ${tally.total()} checks in ${seconds.toFixed(0)} s, signing included`,
    '',
    'by scheme'.padEnd(NAME_WIDTH) + OUTCOMES.map((outcome) => outcome.padStart(COUNT_WIDTH)).join(''),
    ...[...tally.outcomes.keys()].toSorted().map((name) => row(name, tally)),
    'all'.padEnd(NAME_WIDTH) +
      OUTCOMES.map((outcome) => String(sumOf(tally, outcome)).padStart(COUNT_WIDTH)).join(''),
    '',
    `reasons: ${[...tally.reasons]
      .toSorted(([, one], [, other]) => other - one)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(', ')}`,
    '',
    `allows that were right ${allowed - wrong('false allow')}; false allows ${wrong('false allow')}; replays told of what nobody signed ${wrong('false proof')}`,
    `rightly signed, yet denied ${wrong('wrong denial')}; errors ${wrong('error')}`,
    ...memoryLines(memory, tally),
    ...tally.failures.flatMap(failureLines),
    isGood(result) ? 'verdict: ok' : 'verdict: FAILED',
  ];
}

function row(name: string, { outcomes }: Tally): string {
  const counts = outcomes.get(name);
  return (
    name.padEnd(NAME_WIDTH) +
    OUTCOMES.map((outcome) => String(counts?.get(outcome) ?? 0).padStart(COUNT_WIDTH)).join('')
  );
}

function sumOf({ outcomes }: Tally, outcome: string): number {
  return [...outcomes.values()].reduce((sum, counts) => sum + (counts.get(outcome) ?? 0), 0);
}

function isMemoryJudged(tally: Tally): boolean {
  return tally.total() >= MIN_CHECKS_FOR_MEMORY;
}

function memoryLines(memory: SoakResult['memory'], tally: Tally): readonly string[] {
  const line = ({ rssBytes, heapBytes }: Memory, tenth: number) =>
    `memory after ${String(tenth * 10).padStart(3)} %  rss ${mib(rssBytes)}  heap and buffers ${mib(heapBytes)} (after collection)`;
  const tolerance = `highest of the second half at most ${mib(TOLERANCE.rssBytes)} rss and ${mib(TOLERANCE.heapBytes)} heap above that of the first`;
  const verdict = isFlat(memory) ? 'memory flat' : 'memory GROWS';
  return [
    ...memory.map(line),
    isMemoryJudged(tally)
      ? `${verdict}: ${tolerance}`
      : `memory not judged: fewer than ${MIN_CHECKS_FOR_MEMORY} checks`,
  ];
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** All that is needed to see it again: the check itself, and its moment. */
function failureLines({ what, index, judged }: Failure): readonly string[] {
  const { sender, kind, nowMs, answer, bytes } = judged;
  return [
    '',
    what,
    `  check ${index}, ${kind} of ${sender}, at ${nowMs} ms, answered ${answer.status} ${answer.reason}`,
    `  CheckRequest ${Buffer.from(bytes).toString('base64')}`,
  ];
}
