import { componentId, type Profile } from '../signature/index.ts';
import { LineError, type LineMessage, type LinePolicy } from './read-line.ts';

const OWN_HEADERS = {
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  signature: 'x-signature',
};

/** The profile that a line's policy means. Which of a provider's messages it is shows in the message where it is not said. */
export function profileOfLine(policy: LinePolicy, message: LineMessage): Profile {
  const { scheme, label, tag, params, region, service, isDigestRequired } = policy;
  switch (scheme) {
    case 'hmac':
    case 'hmac-sha256':
      return { scheme: 'hmac', headers: OWN_HEADERS, signedHeaders: furtherHeaders(policy.cover) };
    case 'rfc9421':
      return { scheme, label, tag, params, isDigestRequired };
    case 'wechatpay':
      return { scheme, message: chosen(policy, ['request', 'callback'], wechatpayMessage(message)) };
    case 'alipay':
      return { scheme, message: chosen(policy, ['request', 'notification', 'v3'], alipayMessage(message)) };
    case 'adyen':
      return { scheme, message: chosen(policy, ['payment', 'platform'], adyenMessage(message)) };
    case 'sigv4':
      return { scheme, region, service };
    case 'alipayplus':
    case 'unionpay':
    case 'stripe':
    case 'standard-webhooks':
      return { scheme };
    default:
      throw new LineError(`policy.scheme: expected the name of a scheme; got ${JSON.stringify(scheme)}`);
  }
}

/** Component identifiers of a line in their one spelling; quotes may be left out. */
export function coverOfLine({ cover }: LinePolicy): readonly string[] {
  return cover.map((typed, index) => {
    const id = componentId(typed);
    if (id === undefined)
      throw new LineError(`policy.cover[${index}]: expected a component identifier of RFC 9421`);
    return id;
  });
}

function furtherHeaders(cover: readonly string[]): readonly string[] {
  const own = [...Object.values(OWN_HEADERS), 'content-digest'];
  return cover
    .map((id) => id.replaceAll('"', ''))
    .filter((name) => !name.startsWith('@') && !own.includes(name));
}

function chosen<const W extends string>(policy: LinePolicy, words: readonly W[], guess: NoInfer<W>): W {
  if (policy.message === undefined) return guess;
  const word = words.find((one) => one === policy.message);
  if (word === undefined) throw new LineError(`policy.message: expected one of ${words.join(', ')}`);
  return word;
}

function wechatpayMessage({ headers }: LineMessage): 'request' | 'callback' {
  return hasHeader(headers, 'wechatpay-signature') ? 'callback' : 'request';
}

function alipayMessage({ headers, body }: LineMessage): 'request' | 'notification' | 'v3' {
  if (headers.some(([name, value]) => name.toLowerCase() === 'authorization' && value.startsWith('ALIPAY-')))
    return 'v3';
  return /(?:^|&)notify_id=/.test(body.toString('latin1')) ? 'notification' : 'request';
}

function adyenMessage({ headers }: LineMessage): 'payment' | 'platform' {
  return hasHeader(headers, 'hmacsignature') ? 'platform' : 'payment';
}

function hasHeader(headers: LineMessage['headers'], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted);
}
