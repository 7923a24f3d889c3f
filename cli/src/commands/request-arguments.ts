import { readFileSync } from 'node:fs';

import { CommandError, EXIT } from '../output/index.ts';

export type Header = readonly [name: string, value: string];

/** A URL as written: no URL class, which would re-encode what is signed. */
export interface WrittenUrl {
  readonly scheme: string;
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
}

/** Takes a URL apart without changing a byte of it; a fragment is not sent. */
export function splitUrl(url: string): WrittenUrl {
  const match = /^(https?):\/\/([^/?#]+)([^#]*)/.exec(url);
  if (match === null)
    throw new CommandError(
      `expected a URL such as http://127.0.0.1:10000/v1/payments; got "${url}"`,
      EXIT.usage,
    );
  const [, scheme = '', authority = '', target = ''] = match;
  return { scheme, authority, target: target.startsWith('/') ? target : `/${target}` };
}

/** `Name: value` of a -H option. */
export function splitHeader(text: string): Header {
  const match = /^([^:\s]+):[ \t]*(.*?)[ \t]*$/.exec(text);
  if (match === null)
    throw new CommandError(`expected a header such as "Name: value"; got "${text}"`, EXIT.usage);
  return [match[1] ?? '', match[2] ?? ''];
}

/** The body of a -d option: text, or the bytes of @FILE. */
export function bodyOf(data: string | undefined): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  if (!data.startsWith('@')) return Buffer.from(data, 'utf8');
  return readBytes(data.slice(1), 'the body');
}

/** The bytes of a file; `what` names it in the error. */
export function readBytes(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`cannot read ${what} from ${path}`, undefined, { cause: error });
  }
}

/** Unix seconds of an option as milliseconds; not given: now. */
export function unixMs(seconds: string | undefined, option: string): number {
  const ms = seconds === undefined ? Date.now() : Number(seconds) * 1_000;
  if (!Number.isFinite(ms)) throw new CommandError(`${option}: expected unix seconds`, EXIT.usage);
  return ms;
}

/** Gathers an option that may be repeated. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
