import type { Message } from '../../message/index.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import { normalAuthority, normalScheme } from './authority.ts';

/** The target in its parts, undecoded. The asterisk form and an absolute form that ends with its host have an empty path. */
export interface RequestTarget {
  readonly path: string;
  /** Without the `?`; undefined when there is none. */
  readonly query: string | undefined;
}

const ASTERISK = '*';
const ABSOLUTE = /^([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\/([^/?#]{1,512})([^#]*)$/;
const VISIBLE = /^[\x21-\x7e]*$/;

/**
 * Takes the four forms of RFC 9112 section 3.2: origin, the asterisk of OPTIONS, the authority of CONNECT, and absolute.
 * The last two name a host of their own, which must be that of the message; a fragment is no part of a target.
 */
export function splitTarget(message: Message): RequestTarget | undefined {
  const { target, method } = message;
  if (target === ASTERISK) return method === 'OPTIONS' ? { path: '', query: undefined } : undefined;
  if (!isPlainMethod(message) || !VISIBLE.test(target) || target.includes('#')) return undefined;
  if (method === 'CONNECT') return isSameHost(message, message.scheme, target) ? splitPath('') : undefined;
  if (target.startsWith('/')) return isPlainTarget(message) ? splitPath(target) : undefined;
  const [, scheme = '', authority = '', rest = ''] = ABSOLUTE.exec(target) ?? [];
  const isHere =
    scheme.toLowerCase() === message.scheme.toLowerCase() && isSameHost(message, scheme, authority);
  // Envoy has none of these in `:path`, and bytes that it replaced could hide in one.
  return isHere && !message.isLossy ? splitPath(rest) : undefined;
}

function isSameHost(message: Message, scheme: string, authority: string): boolean {
  const known = normalScheme(scheme);
  if (known === undefined) return false;
  const named = normalAuthority(authority, known);
  return named !== undefined && named === normalAuthority(message.authority, known);
}

function splitPath(target: string): RequestTarget {
  const mark = target.indexOf('?');
  if (mark === -1) return { path: target, query: undefined };
  return { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
