import { headerList } from '../../message/index.ts';
import type { BoundKey } from '../crypto/index.ts';
import type { Scheme, SignedMessage } from '../scheme.ts';
import type { HeaderPair, OutgoingRequest, SignedRequest } from '../signer.ts';

/** A message as it came in; what a test does not care about has a default. */
export interface Received {
  readonly method?: string;
  readonly authority?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string | Uint8Array])[];
  readonly body?: string | Uint8Array;
  /** As with encode_raw_headers off. */
  readonly isLossy?: boolean;
}

/** The message that a scheme is asked about. */
export function received({ headers = [], body = '', isLossy = false, ...request }: Received): SignedMessage {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    body: bytes,
    message: {
      policyId: undefined,
      accessIds: [],
      routeId: '',
      requestId: 'req-1',
      attempt: '',
      peer: { address: '', principal: '', certificate: '' },
      method: request.method ?? 'POST',
      scheme: 'https',
      authority: request.authority ?? 'example.test',
      target: request.target ?? '/hook',
      headers: headerList(
        headers.map(([name, value]) => ({
          name: name.toLowerCase(),
          value: typeof value === 'string' ? Buffer.from(value, 'latin1') : value,
        })),
      ),
      isLossy,
      body: { kind: 'whole', bytes },
    },
  };
}

/** What comes in of a request that went out signed. */
export function arrivalOf(request: OutgoingRequest, signed: SignedRequest): Received {
  const { method, authority } = request;
  const names = new Set(signed.headers.map(([name]) => name.toLowerCase()));
  const kept: readonly HeaderPair[] = request.headers.filter(([name]) => !names.has(name.toLowerCase()));
  return {
    method,
    authority,
    target: signed.target ?? request.target,
    headers: [...kept, ...signed.headers],
    body: signed.body ?? request.body,
  };
}

/** `proven`, `unproven` (wrong key or text), `absent`, or the reason for which the form is refused. */
export function verdictOf<P>(scheme: Scheme<P>, profile: P, key: BoundKey, message: Received): string {
  const presentation = scheme.present(received(message), profile);
  if (presentation.kind === 'refused') return presentation.reason;
  if (presentation.kind === 'absent') return 'absent';
  return presentation.presented.prove(key) ? 'proven' : 'unproven';
}
