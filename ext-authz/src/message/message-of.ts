import { headerList } from './header-list.ts';
import type { Message } from './message.ts';

/** A request as a person or a program writes it down. */
export interface WrittenRequest {
  /** `namespace/name` of the policy to judge it by. */
  readonly policy: string;
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly target: string;
  /** In wire order; values are sent as UTF-8. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined: only a part of it came. */
  readonly body: Uint8Array | undefined;
}

/** The message that a proxy would make of a request, its header lines apart and its bytes exact. */
export function messageOf(request: WrittenRequest): Message {
  const { policy, method, scheme, authority, target, headers, body } = request;
  return {
    policyId: policy,
    accessIds: [],
    routeId: '',
    requestId: 'unknown',
    attempt: '',
    peer: { address: '', principal: '', certificate: '' },
    method,
    scheme,
    authority,
    target,
    headers: headerList(
      headers.map(([name, value]) => ({ name: name.toLowerCase(), value: Buffer.from(value, 'utf8') })),
    ),
    isLossy: false,
    body: body === undefined ? { kind: 'partial' } : { kind: 'whole', bytes: body },
  };
}
