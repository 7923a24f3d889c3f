import type { Message } from '../../message/index.ts';
import { isPlainMethod } from '../plain-request.ts';
import { normalAuthority, normalScheme } from './authority.ts';
import type { DerivedName } from './component.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type RequestTarget, splitTarget } from './request-target.ts';

/** What derived components are made of, checked and normalised. No header has a say in it. */
export interface ControlData {
  readonly kind: 'control-data';
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  /** As received. */
  readonly target: string;
  readonly parts: RequestTarget;
}

/** Reads method, scheme, authority and target of the message; refuses what could name two requests at once. */
export function readControlData(message: Message): ControlData | Refusal {
  const parts = splitTarget(message);
  if (parts === undefined || !isPlainMethod(message)) return refuse('malformed_target');
  const scheme = normalScheme(message.scheme);
  const authority = scheme && normalAuthority(message.authority, scheme);
  if (scheme === undefined || authority === undefined) return refuse('malformed_authority');
  const { method, target } = message;
  return { kind: 'control-data', method, scheme, authority, target, parts };
}

/** Value of a derived component (RFC 9421 section 2.2). */
export function derivedValue(name: DerivedName, data: ControlData): string {
  const { scheme, authority, target, parts } = data;
  switch (name) {
    case '@method':
      return data.method;
    case '@target-uri':
      // The asterisk stands for the server itself (RFC 9110 section 7.1).
      return `${scheme}://${authority}${parts.path}${parts.query === undefined ? '' : `?${parts.query}`}`;
    case '@authority':
      return authority;
    case '@scheme':
      return scheme;
    case '@request-target':
      return target;
    case '@path':
      return parts.path === '' ? '/' : parts.path;
    case '@query':
      return `?${parts.query ?? ''}`;
  }
}
