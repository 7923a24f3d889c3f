/** What a whole chain tells. */
export interface ChainFacts {
  /** Records of decisions. */
  decisions: number;
  /** All records. */
  records: number;
  /** Starts of a process. */
  starts: number;
  /** Lines that the log says it left out, by cause. */
  readonly dropped: Record<string, number>;
  /** RFC 3339; undefined without records. */
  firstTime: string | undefined;
  lastTime: string | undefined;
  firstSeq: number | undefined;
  /** Hash of the last record: keep it elsewhere to see later that nothing was cut off. */
  head: string | undefined;
  lastSeq: number | undefined;
}

/** The fields of a record that verification reads. */
export interface RecordHead {
  readonly msg: string;
  readonly time: string;
  readonly alg: string | undefined;
  readonly unchainedBytes: number | undefined;
  readonly unchainedSha256: string | undefined;
  readonly lines: Readonly<Record<string, unknown>>;
}

/** Of a chain without records. */
export function noFacts(): ChainFacts {
  return {
    decisions: 0,
    records: 0,
    starts: 0,
    dropped: {},
    firstTime: undefined,
    lastTime: undefined,
    firstSeq: undefined,
    head: undefined,
    lastSeq: undefined,
  };
}

/** Counts one record in. */
export function countRecord(facts: ChainFacts, head: RecordHead, seq: number, hash: string): void {
  facts.records += 1;
  if (head.msg === 'decision') facts.decisions += 1;
  if (head.msg === 'start') facts.starts += 1;
  if (head.msg === 'dropped') {
    for (const [cause, lines] of Object.entries(head.lines)) {
      facts.dropped[cause] = (facts.dropped[cause] ?? 0) + (typeof lines === 'number' ? lines : 0);
    }
  }
  facts.firstTime ??= head.time;
  facts.firstSeq ??= seq;
  facts.lastTime = head.time;
  facts.lastSeq = seq;
  facts.head = hash;
}

/** Undefined for what is no record. */
export function readRecordHead(line: string): RecordHead | undefined {
  const record = parseObject(line);
  const { msg, time, alg, lines } = record ?? {};
  if (record === undefined || typeof msg !== 'string' || typeof time !== 'string') return undefined;
  const bytes = record['unchained_bytes'];
  const sha256 = record['unchained_sha256'];
  return {
    msg,
    time,
    alg: typeof alg === 'string' ? alg : undefined,
    unchainedBytes: typeof bytes === 'number' ? bytes : undefined,
    unchainedSha256: typeof sha256 === 'string' ? sha256 : undefined,
    lines: isObject(lines) ? lines : {},
  };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON: the caller says where.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
