import type { Message } from '../../message/index.ts';
import { isPlainTarget } from '../plain-request.ts';

/** The target in its parts, undecoded. The asterisk form has neither. */
export interface RequestTarget {
  readonly path: string;
  /** Without the `?`; undefined when there is none. */
  readonly query: string | undefined;
}

const ASTERISK = '*';

/**
 * Takes origin-form, and the asterisk of OPTIONS (RFC 9112 section 3.2). Absolute and authority forms could name another
 * host than the message has, and a fragment is no part of a target: undefined.
 */
export function splitTarget(message: Message): RequestTarget | undefined {
  const { target, method } = message;
  if (target === ASTERISK) return method === 'OPTIONS' ? { path: '', query: undefined } : undefined;
  if (!isPlainTarget(message) || target.includes('#')) return undefined;
  const mark = target.indexOf('?');
  if (mark === -1) return { path: target, query: undefined };
  return { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
