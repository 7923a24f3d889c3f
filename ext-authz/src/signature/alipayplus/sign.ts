import { signBytes } from '../crypto/index.ts';
import type { AlipayplusProfile } from '../profile.ts';
import type { Signer } from '../signer.ts';
import { canonicalText } from './canonical.ts';
import { ALGORITHM } from './parse.ts';

/** Signs a request. The key id is `CLIENT/KEYVERSION`, or `CLIENT` alone for a key that needs no version. */
export const signAlipayplus: Signer<AlipayplusProfile> = ({ method, target, body }, _, { key, nowMs }) => {
  const [clientId = '', keyVersion] = key.id.split('/', 2);
  const time = String(Math.floor(nowMs));
  const base = canonicalText({ method, target, clientId, time, body });
  const signature = encodeURIComponent(signBytes(key, base).toString('base64'));
  const version = keyVersion === undefined ? '' : `keyVersion=${keyVersion}, `;
  return {
    headers: [
      ['Client-Id', clientId],
      ['Request-Time', time],
      ['Signature', `algorithm=${ALGORITHM.toUpperCase()}, ${version}signature=${signature}`],
    ],
    base,
  };
};
