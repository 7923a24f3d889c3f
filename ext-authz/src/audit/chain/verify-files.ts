import type { Secret } from '@paymesh/common/secret';

import type { ChainBreak } from './chain-break.ts';
import type { ChainFacts } from './chain-facts.ts';
import { type ChainVerifier, createChainVerifier } from './chain-verifier.ts';
import { type FileLine, readLines } from './read-lines.ts';
import { GENESIS } from './seal.ts';

export interface VerifyOptions {
  /** Oldest first; `-` is standard input. */
  readonly files: readonly string[];
  /** The key of the chain. Default: it has none. */
  readonly key?: Secret | undefined;
  /** A hash that was the last once and must be in the chain, in hexadecimal: without it a cut end is not seen. */
  readonly head?: string | undefined;
  /** Told of bytes and lines read so far, often. */
  readonly onProgress?: ((bytes: number, lines: number) => void) | undefined;
}

/** What was found. `facts` of a broken chain are those up to the break. */
export interface VerifyReport {
  readonly break: ChainBreak | undefined;
  readonly facts: ChainFacts;
  /** `FILE:LINE` where a torn line is that the chain itself tells of, or that ends the last file. */
  readonly torn: readonly string[];
}

/** Follows the chain through files up to its first break, in bounded memory. Rejects when a file cannot be read. */
export async function verifyAuditFiles(options: VerifyOptions): Promise<VerifyReport> {
  const { files, key, head } = options;
  const verifier = createChainVerifier(key);
  let isHeadSeen = head === undefined || head === GENESIS.hash;
  let lastLine: FileLine | undefined;
  for await (const line of allLines(options)) {
    const found = verifier.line(line);
    if (found !== undefined) return report(verifier, found);
    lastLine = line;
    isHeadSeen ||= verifier.facts.head === head;
  }
  const end = { file: lastLine?.file ?? files.at(-1) ?? '-', line: lastLine?.number ?? 0 };
  return report(verifier, verifier.end() ?? missing(verifier.facts, isHeadSeen, end));
}

async function* allLines({ files, onProgress }: VerifyOptions): AsyncGenerator<FileLine> {
  let bytes = 0;
  let lines = 0;
  const onRead = (more: number) => {
    bytes += more;
    onProgress?.(bytes, lines);
  };
  for (const file of files) {
    for await (const line of readLines(file, onRead)) {
      lines += 1;
      yield line;
    }
  }
}

function missing(
  { lastSeq }: ChainFacts,
  isHeadSeen: boolean,
  end: Pick<ChainBreak, 'file' | 'line'>,
): ChainBreak | undefined {
  if (lastSeq === undefined) return { kind: 'empty', ...end, message: 'there is no record' };
  if (isHeadSeen) return undefined;
  const cut = `it ends with record ${lastSeq}, so its end was cut off, or it is another chain`;
  return { kind: 'truncated', ...end, message: `the hash of --head is nowhere in the chain: ${cut}` };
}

function report({ facts, torn }: ChainVerifier, found: ChainBreak | undefined): VerifyReport {
  return { break: found, facts, torn: torn.map(({ file, number }) => `${file}:${number}`) };
}
