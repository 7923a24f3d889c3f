import * as fc from 'fast-check';

import type { OutgoingRequest } from '../signer.ts';

/** Requests with plain targets, as a client would send them. */
export function anyOutgoing(body: fc.Arbitrary<Uint8Array>): fc.Arbitrary<OutgoingRequest> {
  const word = fc.stringMatching(/^[A-Za-z0-9_~-]{1,12}$/);
  return fc.record({
    method: fc.constantFrom('POST', 'PUT', 'GET', 'DELETE'),
    scheme: fc.constant('https'),
    authority: fc.constantFrom('example.test', 'hooks.example.test:8443'),
    target: fc
      .tuple(fc.array(word, { maxLength: 4 }), fc.dictionary(word, word, { maxKeys: 3 }))
      .map(([path, query]) => targetOf(path, query)),
    headers: fc.constantFrom([], [['content-type', 'application/json'] as const]),
    body,
  });
}

function targetOf(path: readonly string[], query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return `/${path.join('/')}${pairs.length === 0 ? '' : '?'}${pairs.join('&')}`;
}
