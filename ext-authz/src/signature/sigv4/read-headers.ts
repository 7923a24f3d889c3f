import type { DenialReason } from '../../decision/index.ts';
import { findHeader, findLines, type Message } from '../../message/index.ts';
import type { SignedHeader } from './canonical.ts';

export type ReadHeaders =
  | { readonly kind: 'headers'; readonly headers: readonly SignedHeader[] }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

const AUTHORITY = /^[\x21-\x7e]{1,255}$/;

/**
 * The lines of the signed headers. `host` and every x-amz-* header that is there must be among them, `host` being
 * the authority whatever the version of HTTP.
 */
export function readHeaders(message: Message, names: readonly string[]): ReadHeaders {
  const amz = [...message.headers].map(({ name }) => name).filter((name) => name.startsWith('x-amz-'));
  const isComplete = ['host', 'x-amz-date', ...amz].every((name) => names.includes(name));
  if (!isComplete) return refuse('missing_component');
  const headers: SignedHeader[] = [];
  for (const name of names) {
    const read = name === 'host' ? readHost(message) : readLines(message, name);
    if (typeof read === 'string') return refuse(read);
    headers.push([name, read]);
  }
  return { kind: 'headers', headers };
}

function readHost(message: Message): readonly string[] | DenialReason {
  const { authority, isLossy } = message;
  if (!AUTHORITY.test(authority) || (isLossy && authority.includes('!'))) return 'malformed_authority';
  const line = findHeader(message, 'host');
  if (line.kind === 'repeated') return 'repeated_header';
  const isSame = line.kind === 'absent' || (line.kind === 'found' && line.value === authority);
  return isSame ? [authority] : 'malformed_authority';
}

/** Several lines of an x-amz-* header say several things; of others they are one list. */
function readLines(message: Message, name: string): readonly string[] | DenialReason {
  const found = findLines(message, name);
  if (found.kind === 'absent') return 'missing_component';
  if (found.kind === 'unclean') return 'unclean_header';
  return found.values.length > 1 && name.startsWith('x-amz-') ? 'repeated_header' : found.values;
}

function refuse(reason: DenialReason): ReadHeaders {
  return { kind: 'refused', reason };
}
