import type { Secret } from '@paymesh/common/secret';

import type { BreakKind, ChainBreak } from './chain-break.ts';
import { type ChainFacts, countRecord, noFacts, type RecordHead, readRecordHead } from './chain-facts.ts';
import type { FileLine } from './read-lines.ts';
import { type ChainPoint, GENESIS, readSeal, type Seal, sealHash } from './seal.ts';
import { createUnchainedLines } from './unchained.ts';

/** Follows a chain line by line. */
export interface ChainVerifier {
  readonly facts: ChainFacts;
  /** Lines at which bytes of no chain begin that a later record tells of, or that end the last file. */
  readonly torn: readonly FileLine[];
  /** Undefined while all is well. After the first break it is not asked again. */
  line(line: FileLine): ChainBreak | undefined;
  /** After the last line. */
  end(): ChainBreak | undefined;
}

/** So many lines after a gap are looked at for what is missing: found, it was moved and not removed. */
const MAX_LOOK_AHEAD = 1_000;

interface Gap {
  readonly found: ChainBreak;
  readonly missing: number;
  looked: number;
}

/** Begins with the first record it is given, whatever its number: older files may be kept elsewhere. */
export function createChainVerifier(key: Secret | undefined): ChainVerifier {
  const facts = noFacts();
  const torn: FileLine[] = [];
  const unchained = createUnchainedLines();
  let last: ChainPoint | undefined;
  let lastLine: FileLine | undefined;
  let gap: Gap | undefined;

  function check(line: FileLine): ChainBreak | undefined {
    if (isWrittenAgain(line)) return undefined;
    // One character a byte: bytes that are not UTF-8 would all be read as the same one.
    const text = line.bytes.toString('latin1');
    const seal = line.isTooLong ? undefined : readSeal(text);
    const head = seal && readRecordHead(text);
    if (seal === undefined || head === undefined) {
      return unchained.add(line) ? undefined : malformed(unchained.first ?? line);
    }
    return checkUnchained(line, head) ?? checkSeal({ line, seal, head, key }) ?? checkPlace(line, seal, head);
  }

  /** A line that lacked nothing but its line feed when its file was moved away is in the next one too. */
  function isWrittenAgain(line: FileLine): boolean {
    if (lastLine === undefined || lastLine.isEnded || lastLine.file === line.file) return false;
    return lastLine.bytes.equals(line.bytes);
  }

  function checkUnchained(line: FileLine, head: RecordHead): ChainBreak | undefined {
    const { first } = unchained;
    if (first === undefined) return undefined;
    if (!unchained.isToldBy(head) && !unchained.isBeginOf(line)) return malformed(first);
    torn.push(first);
    unchained.forget();
    return undefined;
  }

  function checkPlace(line: FileLine, seal: Seal, head: RecordHead): ChainBreak | undefined {
    const found = hintOfOrder(line, misplaced({ line, seal, last, lastLine }), lastLine);
    if (found !== undefined && last !== undefined && seal.seq > last.seq + 1) {
      gap = { found, missing: last.seq + 1, looked: 0 };
      return undefined;
    }
    if (found !== undefined) return found;
    last = seal;
    lastLine = line;
    countRecord(facts, head, seal.seq, seal.hash);
    return undefined;
  }

  return {
    facts,
    torn,
    line: (line) => (gap === undefined ? check(line) : lookAhead(gap, line)),
    end: () => {
      if (gap !== undefined) return gap.found;
      const { first } = unchained;
      if (first === undefined) return undefined;
      if (first.isEnded) return malformed(first);
      torn.push(first);
      return undefined;
    },
  };
}

/** Of files in another order than they were written the reason is most likely the command. */
function hintOfOrder(
  line: FileLine,
  found: ChainBreak | undefined,
  lastLine: FileLine | undefined,
): ChainBreak | undefined {
  if (found === undefined || line.number > 1 || lastLine === undefined) return found;
  return { ...found, message: `${found.message} (name the oldest file first, and leave none out)` };
}

function lookAhead(gap: Gap, line: FileLine): ChainBreak | undefined {
  gap.looked += 1;
  const seal = readSeal(line.bytes.toString('utf8'));
  if (seal?.seq === gap.missing) {
    const where = `record ${gap.missing} should be here and is at ${line.file}:${line.number}`;
    return { ...gap.found, kind: 'reordered', message: `records changed places: ${where}` };
  }
  return gap.looked >= MAX_LOOK_AHEAD ? gap.found : undefined;
}

interface SealedLine {
  readonly line: FileLine;
  readonly seal: Seal;
  readonly head: RecordHead;
  readonly key: Secret | undefined;
}

function checkSeal({ line, seal, head, key }: SealedLine): ChainBreak | undefined {
  const hash = sealHash(Buffer.from(seal.body, 'latin1'), seal.prev, key);
  if (hash === seal.hash) return undefined;
  if (head.alg === 'hmac-sha256' && key === undefined) {
    return breakAt(line, 'wrong_key', 'the chain was made with a key: name it with --key FILE');
  }
  if (head.alg === 'sha256' && key !== undefined) {
    return breakAt(line, 'wrong_key', 'the chain was made without a key: leave --key out');
  }
  const differs = `its bytes give the hash ${short(hash)}, and it says ${short(seal.hash)}`;
  const hint = key === undefined ? 'or the chain was made with a key' : 'or the key is another';
  return breakAt(line, 'edited', `record ${seal.seq} was edited, ${hint}: ${differs}`);
}

interface Place {
  readonly line: FileLine;
  readonly seal: Seal;
  readonly last: ChainPoint | undefined;
  readonly lastLine: FileLine | undefined;
}

/** A record whose own seal is right, and that does not follow the one before. */
function misplaced({ line, seal, last, lastLine }: Place): ChainBreak | undefined {
  if (last === undefined) {
    if (seal.seq > 1 || seal.prev === GENESIS.hash) return undefined;
    return breakAt(line, 'edited', 'the first record of a chain follows another one');
  }
  const wanted = last.seq + 1;
  if (seal.seq === wanted && seal.prev === last.hash) return undefined;
  if (seal.seq === 1 && seal.prev === GENESIS.hash && last.seq > 1) {
    return breakAt(line, 'new_chain', `a new chain begins here, and record ${wanted} should follow`);
  }
  if (seal.seq > wanted) {
    const which =
      seal.seq - 1 === wanted ? `record ${wanted} is` : `records ${wanted} to ${seal.seq - 1} are`;
    return breakAt(line, 'removed', `${which} missing before record ${seal.seq}`);
  }
  if (seal.seq < wanted) {
    const other = lastLine === undefined ? '' : ` at ${lastLine.file}:${lastLine.number}`;
    return breakAt(
      line,
      'inserted',
      `record ${seal.seq} is here once more: record ${last.seq} was already${other}`,
    );
  }
  const before = lastLine === undefined ? 'before' : `at ${lastLine.file}:${lastLine.number}`;
  const differs = `it follows the hash ${short(seal.prev)}, and that one has ${short(last.hash)}`;
  return breakAt(line, 'replaced', `the record ${before} was edited and sealed anew: ${differs}`);
}

function malformed(line: FileLine): ChainBreak {
  const what = line.isTooLong
    ? 'is longer than any line of a decision log'
    : 'is not a record of a chained decision log';
  return breakAt(line, 'malformed', `the line ${what}`);
}

function breakAt(line: FileLine, kind: BreakKind, message: string): ChainBreak {
  return { kind, file: line.file, line: line.number, message };
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
