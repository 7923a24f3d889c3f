import { signBytes } from '../crypto/index.ts';
import type { WechatpayProfile } from '../profile.ts';
import type { OutgoingRequest, SignContext, SignedRequest, Signer } from '../signer.ts';
import { callbackText, requestText } from './canonical.ts';
import { SCHEME } from './parse-authorization.ts';

const MS_PER_SECOND = 1_000;

/** Signs a merchant's request (the key's account is the mchid) or, as WeChat Pay does, a callback. The key id is the serial. */
export const signWechatpay: Signer<WechatpayProfile> = (request, { message }, context) =>
  message === 'request' ? signRequest(request, context) : signCallback(request, context);

function signRequest({ method, target, body }: OutgoingRequest, context: SignContext): SignedRequest {
  const { key, nonce } = context;
  if (key.account === undefined) throw new Error('the key needs an account: the mchid it signs for');
  const timestamp = secondsOf(context);
  const base = requestText({ method, target, timestamp, nonce, body });
  const parameters = {
    mchid: key.account,
    nonce_str: nonce,
    timestamp,
    serial_no: key.id,
    signature: signBytes(key, base).toString('base64'),
  };
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return { headers: [['Authorization', `${SCHEME} ${list.join(',')}`]], base };
}

function signCallback({ body }: OutgoingRequest, context: SignContext): SignedRequest {
  const { key, nonce } = context;
  const timestamp = secondsOf(context);
  const base = callbackText({ timestamp, nonce, body });
  return {
    headers: [
      ['Wechatpay-Timestamp', timestamp],
      ['Wechatpay-Nonce', nonce],
      ['Wechatpay-Signature', signBytes(key, base).toString('base64')],
      ['Wechatpay-Serial', key.id],
      ['Wechatpay-Signature-Type', SCHEME],
    ],
    base,
  };
}

function secondsOf({ nowMs }: SignContext): string {
  return String(Math.floor(nowMs / MS_PER_SECOND));
}
