import { generateKeyPairSync } from 'node:crypto';

import { headerList, type Message } from '../../message/index.ts';
import type { BoundKey } from '../crypto/index.ts';
import type { Presentation, SignedMessage } from '../scheme.ts';
import type { OutgoingRequest, PrivateSigningKey, SignedRequest } from '../signer.ts';

/** A request as a tester types it. */
export interface RequestText {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string | Uint8Array])[];
  readonly body?: string | Uint8Array;
}

/** The message that Envoy would show of a request. */
export function messageOf(request: RequestText, change: Partial<Message> = {}): SignedMessage {
  const { method = 'POST', target = '/', headers = [], body = '' } = request;
  const bytes = Buffer.from(body);
  const message: Message = {
    policyId: undefined,
    accessIds: [],
    routeId: '',
    requestId: 'req-1',
    attempt: '',
    peer: { address: '', principal: '', certificate: '' },
    method,
    scheme: 'https',
    authority: 'pay.example',
    target,
    headers: headerList(
      headers.map(([name, value]) => ({ name: name.toLowerCase(), value: Buffer.from(value) })),
    ),
    isLossy: false,
    body: { kind: 'whole', bytes },
    ...change,
  };
  return { message, body: bytes };
}

export function outgoing({ method = 'POST', target = '/', headers = [], body = '' }: RequestText) {
  const request: OutgoingRequest = {
    method,
    scheme: 'https',
    authority: 'pay.example',
    target,
    headers: headers.map(([name, value]) => [name, value.toString()]),
    body: Buffer.from(body),
  };
  return request;
}

/** The request with what its signer gave. */
export function withSignature(request: OutgoingRequest, signed: SignedRequest): Required<RequestText> {
  const replaced = new Set(signed.headers.map(([name]) => name.toLowerCase()));
  return {
    method: request.method,
    target: signed.target ?? request.target,
    headers: [...request.headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...signed.headers],
    body: signed.body ?? request.body,
  };
}

/** A new RSA key: to sign with, and to verify with. */
export function rsaKeyPair(
  id: string,
  account?: string,
): { signing: PrivateSigningKey; verifying: BoundKey } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    signing: { id, account, algorithm: 'rsa-v1_5-sha256', key: privateKey },
    verifying: { algorithm: 'rsa-v1_5-sha256', key: publicKey },
  };
}

/** True when a presented signature is that of the key; false for anything that is not even presented. */
export function isProven(presentation: Presentation, key: BoundKey): boolean {
  return presentation.kind === 'presented' && presentation.presented.prove(key);
}
