import { Secret } from '@paymesh/common/secret';

import { CommandError, EXIT } from '../output/index.ts';
import { readBytes } from './request-arguments.ts';

const SHORTEST = 16;

/** The token in a file, without space around it; `option` names where the path came from. */
export function readToken(path: string, option: string): Secret {
  const text = readBytes(path, 'the token').toString('utf8').trim();
  if (!/^[!-~]+$/.test(text) || text.length < SHORTEST) {
    throw new CommandError(
      `${option}: ${path} must hold one token of at least ${SHORTEST} printable characters, such as of "openssl rand -hex 32"`,
      EXIT.usage,
    );
  }
  return new Secret(Buffer.from(text));
}
