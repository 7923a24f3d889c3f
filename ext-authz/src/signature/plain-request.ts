import type { Message } from '../message/index.ts';

const METHOD = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Origin form in visible ASCII. Nothing is decoded or folded: bytes are compared, and bytes go upstream. */
const TARGET = /^\/[\x21-\x7e]*$/;

/** A token of RFC 9110 section 5.6.2. */
export function isPlainMethod({ method }: Message): boolean {
  return METHOD.test(method);
}

/** False for a target that may not be, byte for byte, what the upstream gets. */
export function isPlainTarget({ target, isLossy }: Message): boolean {
  // Without raw headers a `!` may stand for a byte that the upstream would see and the signer never wrote.
  return TARGET.test(target) && !(isLossy && target.includes('!'));
}
