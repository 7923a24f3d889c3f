import type { Selector } from '../types.ts';

/** Characters of an HTTP field name (RFC 9110, section 5.1), without the exotic ones. */
const HEADER = /^header\(([A-Za-z0-9][A-Za-z0-9_-]{0,126})\)$/;

/** Reads `header(X-Name)`, `principal` or `remoteAddress`; undefined for anything else. */
export function parseSelector(text: string): Selector | undefined {
  if (text === 'principal') return { kind: 'principal' };
  if (text === 'remoteAddress') return { kind: 'remoteAddress' };
  const name = HEADER.exec(text)?.[1];
  return name === undefined ? undefined : { kind: 'header', name: name.toLowerCase() };
}

/** The inverse of parseSelector, with the header name in lower case. */
export function printSelector(selector: Selector): string {
  return selector.kind === 'header' ? `header(${selector.name})` : selector.kind;
}
