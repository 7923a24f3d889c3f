import { signBytes } from '../crypto/index.ts';
import type { AdyenProfile } from '../profile.ts';
import type { OutgoingRequest, PrivateSigningKey, SignedRequest, Signer } from '../signer.ts';
import { itemText } from './canonical.ts';
import { readPayment } from './parse.ts';
import { PROTOCOL } from './present.ts';

/** Puts the signature into the item of a payment notification, or adds the headers of a platform webhook. */
export const signAdyen: Signer<AdyenProfile> = (request, { message }, { key }) =>
  message === 'payment' ? signPayment(request, key) : signPlatform(request, key);

function signPayment({ body }: OutgoingRequest, key: PrivateSigningKey): SignedRequest {
  const payment = readPayment(body);
  if (payment === undefined)
    throw new Error('the body must be a notification with one item that can be signed');
  const base = Buffer.from(itemText(payment.fields), 'utf8');
  const hmacSignature = signBytes(key, base).toString('base64');
  const item = { ...payment.item, additionalData: { ...payment.additionalData, hmacSignature } };
  const wrapper = { ...payment.wrapper, NotificationRequestItem: item };
  const document = { ...payment.document, notificationItems: [wrapper] };
  return { headers: [], body: Buffer.from(JSON.stringify(document)), base };
}

function signPlatform({ body }: OutgoingRequest, key: PrivateSigningKey): SignedRequest {
  return {
    headers: [
      ['HmacSignature', signBytes(key, body).toString('base64')],
      ['Protocol', PROTOCOL],
    ],
    base: body,
  };
}
