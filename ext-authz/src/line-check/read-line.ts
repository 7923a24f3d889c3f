/** One question of `paymesh verify --json`, checked for shape. */
export interface LineRequest {
  readonly id: string | number | null;
  /** Nonces are kept apart for each value. */
  readonly store: string;
  readonly nowMs: number;
  readonly isPartial: boolean;
  readonly policy: LinePolicy;
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  readonly message: LineMessage;
}

export interface LinePolicy {
  readonly scheme: string;
  readonly message?: string;
  readonly label?: string;
  readonly tag?: string;
  readonly region?: string;
  readonly service?: string;
  readonly cover: readonly string[];
  readonly params: readonly string[];
  readonly maxAgeSec?: number;
  readonly skewSec?: number;
  readonly isDigestRequired: boolean;
  readonly isNonceRequired: boolean;
  readonly minNonceLength: number;
}

export interface LineMessage {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** A line that cannot be asked: what was expected where. */
export class LineError extends Error {}

/** Most keys, header lines and components of one line. */
const MAX_ITEMS = 1_024;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MS_PER_SECOND = 1_000;

/** Reads the fields of a line; throws a LineError that names the first wrong one. */
export function readLine(line: Readonly<Record<string, unknown>>): LineRequest {
  return {
    id: idOf(line['id']),
    store: text(line['store'] ?? '', 'store'),
    nowMs: number(line['now'], 'now') * MS_PER_SECOND,
    isPartial: line['partialBody'] === true,
    policy: readPolicy(record(line['policy'], 'policy')),
    keys: list(line['keys'], 'keys').map((key, index) => record(key, `keys[${index}]`)),
    message: readMessage(record(line['message'], 'message')),
  };
}

/** The id of a line, whatever else is wrong with it. */
export function idOf(id: unknown): string | number | null {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

function readPolicy(policy: Readonly<Record<string, unknown>>): LinePolicy {
  const optionalText = (key: string) =>
    policy[key] === undefined ? {} : { [key]: text(policy[key], `policy.${key}`) };
  const optionalNumber = (key: string) =>
    policy[key] === undefined ? {} : { [key]: number(policy[key], `policy.${key}`) };
  return {
    scheme: text(policy['scheme'], 'policy.scheme'),
    ...optionalText('message'),
    ...optionalText('label'),
    ...optionalText('tag'),
    ...optionalText('region'),
    ...optionalText('service'),
    cover: texts(policy['cover'], 'policy.cover'),
    params: texts(policy['params'], 'policy.params'),
    ...optionalNumber('maxAgeSec'),
    ...optionalNumber('skewSec'),
    isDigestRequired: required(policy['digest'], 'policy.digest'),
    isNonceRequired: required(policy['nonce'], 'policy.nonce'),
    minNonceLength:
      policy['minNonceLength'] === undefined ? 1 : number(policy['minNonceLength'], 'policy.minNonceLength'),
  };
}

function readMessage(message: Readonly<Record<string, unknown>>): LineMessage {
  const body = text(message['body'] ?? '', 'message.body');
  if (!BASE64.test(body)) throw new LineError('message.body: expected padded base64');
  return {
    method: text(message['method'], 'message.method'),
    scheme: text(message['scheme'] ?? 'https', 'message.scheme'),
    authority: text(message['authority'] ?? '', 'message.authority'),
    target: text(message['target'], 'message.target'),
    headers: list(message['headers'] ?? [], 'message.headers').map((pair, index) => {
      const place = `message.headers[${index}]`;
      const [name, value, ...more] = list(pair, place);
      if (more.length > 0) throw new LineError(`${place}: expected [name, value]`);
      return [text(name, place), text(value, place)] as const;
    }),
    body: Buffer.from(body, 'base64'),
  };
}

function required(value: unknown, place: string): boolean {
  if (value === undefined || value === 'optional') return false;
  if (value === 'required') return true;
  throw new LineError(`${place}: expected "required" or no such key`);
}

function texts(value: unknown, place: string): readonly string[] {
  return value === undefined ? [] : list(value, place).map((item, index) => text(item, `${place}[${index}]`));
}

function text(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new LineError(`${place}: expected text`);
  return value;
}

function number(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new LineError(`${place}: expected a number`);
  return value;
}

function list(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new LineError(`${place}: expected a list`);
  if (value.length > MAX_ITEMS) throw new LineError(`${place}: expected at most ${MAX_ITEMS} items`);
  return value;
}

function record(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LineError(`${place}: expected a map`);
  return value as Readonly<Record<string, unknown>>;
}
