import type { Seen } from './shot.ts';

/**
 * The parts of a message that its signature covers, as values to compare. Two messages of a scheme with equal views
 * mean the same to whoever believes only what is covered. Written apart from the verifier: no code is shared.
 */
export type View = (seen: Seen) => readonly unknown[];

const bytes = (body: Buffer): string => body.toString('latin1');

/** Paymesh's own scheme with X-Amount signed. */
export const hmacView: View = ({ method, target, body, lines }) => [
  method,
  target,
  bytes(body),
  ...['x-key-id', 'x-timestamp', 'x-nonce', 'x-amount'].map(lines),
];

/** RFC 9421 over method, authority, path, query, content-type, x-amount and the body by its digest. */
export const rfc9421View = ({ label }: { readonly label?: string }): View => {
  return ({ method, target, scheme, authority, body, lines }) => {
    const host = hostOf(authority, scheme);
    return [
      method,
      host,
      pathAndQuery(target, { host, scheme }),
      bytes(body),
      lines('content-type').join(', '),
      lines('x-amount').join(', '),
      memberOf(lines('signature-input').join(', '), label),
    ];
  };
};

/** The host without regard to case, and without the port that its scheme has anyway. */
function hostOf(authority: string, scheme: string): string {
  return authority.toLowerCase().replace(scheme.toLowerCase() === 'http' ? /:80$/ : /:443$/, '');
}

/** A target that names scheme and host of its own message is as good as one that does not (RFC 9421, 2.2.6). */
function pathAndQuery(target: string, here: { readonly host: string; readonly scheme: string }): string {
  const [, scheme = '', authority = '', rest = ''] = /^([a-z]+):\/\/([^/?]+)(.*)$/is.exec(target) ?? [];
  const isHere =
    scheme.toLowerCase() === here.scheme.toLowerCase() && hostOf(authority, scheme) === here.host;
  const origin = isHere ? rest.replace(/^(?!\/)/, '/') : target;
  // A query that is absent and one that is empty are one component value (2.2.7).
  return origin.includes('?') ? origin : `${origin}?`;
}

/** The parameters of the signature, spaces aside: of a label, or of the only one there is. */
function memberOf(input: string, label: string | undefined): string {
  const members = input
    .split(/,(?=[ \t]*[a-z*][a-z0-9_.*-]*=\()/)
    .map((member) => member.replaceAll(/[ \t]/g, ''));
  const wanted = members.find((member) => label !== undefined && member.startsWith(`${label}=(`));
  const only = wanted ?? members[0] ?? '';
  // An integer may begin with zeros and is signed without them (RFC 9651, 4.1.4 and 4.2.4).
  return only.slice(only.indexOf('=')).replaceAll(/(;(?:created|expires)=)0+(?=\d)/g, '$1');
}

/** A merchant's request to WeChat Pay. */
export const wechatpayRequestView: View = ({ method, target, body, lines }) => [
  method,
  target,
  bytes(body),
  [
    ...lines('authorization')
      .join(',')
      .matchAll(/([a-z_]+)="([^"]*)"/g),
  ]
    .filter(([, name]) => name !== 'signature')
    // A serial names a key, in hexadecimal of either case.
    .map(([, name, value = '']) => `${name}=${name === 'serial_no' ? value.toUpperCase() : value}`)
    .toSorted(),
];

/** What WeChat Pay sends. */
export const wechatpayCallbackView: View = ({ body, lines }) => [
  bytes(body),
  ...['wechatpay-timestamp', 'wechatpay-nonce'].map(lines),
];

/** Fields of query and body, decoded; those without a value are as good as absent. */
export const alipayRequestView: View = ({ target, body }) => {
  const inBody = fieldsOf(body.toString());
  const query = fieldsOf(target.includes('?') ? target.slice(target.indexOf('?') + 1) : '');
  const isCharset = ([name]: readonly [string, string]) => name === 'charset';
  const others = inBody.some(isCharset) ? query.filter((field) => !isCharset(field)) : query;
  return signedOf([...others, ...inBody], ['sign']);
};

/** Fields of a notification; its type of signature is not signed. */
export const alipayNotificationView: View = ({ body }) =>
  signedOf(fieldsOf(body.toString()), ['sign', 'sign_type']);

/** Fields of a form of UnionPay. */
export const unionpayView: View = ({ body }) => signedOf(fieldsOf(body.toString()), ['signature']);

function fieldsOf(text: string): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(text)];
}

function signedOf(
  fields: readonly (readonly [string, string])[],
  leftOut: readonly string[],
): readonly unknown[] {
  return fields
    .filter(([name, value]) => value !== '' && !leftOut.includes(name))
    .map((field) => JSON.stringify(field))
    .toSorted();
}

/** Open API 3.0 of Alipay. */
export const alipayV3View: View = ({ method, target, body, lines }) => [
  method,
  target,
  bytes(body),
  lines('authorization').map((line) => line.replace(/,sign=.*$/, '')),
  lines('alipay-app-auth-token'),
];

/** Alipay+ and Antom. */
export const alipayplusView: View = ({ method, target, body, lines }) => [
  method,
  target,
  bytes(body),
  ...['client-id', 'request-time'].map(lines),
];

/** Time and body. */
export const stripeView: View = ({ body, lines }) => [
  bytes(body),
  lines('stripe-signature').flatMap((line) => line.split(',').filter((part) => part.startsWith('t='))),
];

/** The body alone. */
export const adyenPlatformView: View = ({ body }) => [bytes(body)];

/** Eight fields of the one item. */
export const adyenPaymentView: View = ({ body }) => {
  const document = JSON.parse(body.toString()) as Notification;
  const item = document.notificationItems[0]?.NotificationRequestItem;
  const { amount, pspReference, originalReference, merchantAccountCode, merchantReference } = item ?? {};
  const texts = [pspReference, originalReference, merchantAccountCode, merchantReference];
  return [...texts, amount?.value, amount?.currency, item?.eventCode, item?.success].map((value) =>
    String(value ?? ''),
  );
};

interface Notification {
  readonly notificationItems: readonly { readonly NotificationRequestItem: NotificationItem }[];
}

interface NotificationItem {
  readonly pspReference?: string;
  readonly originalReference?: string;
  readonly merchantAccountCode?: string;
  readonly merchantReference?: string;
  readonly amount?: { readonly value?: number; readonly currency?: string };
  readonly eventCode?: string;
  readonly success?: string;
}

/** Id, time and body, under either spelling of the headers. */
export const standardWebhooksView: View = ({ body, lines }) => [
  bytes(body),
  ...['id', 'timestamp'].map((part) => [...lines(`webhook-${part}`), ...lines(`svix-${part}`)]),
];

/** Method, path, query in any order of names, the signed headers, body. */
export const sigv4View: View = ({ method, target, authority, body, lines }) => {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const names = /SignedHeaders=([^,]*)/.exec(lines('authorization').join(','))?.[1] ?? '';
  const textOf = (name: string) =>
    name === 'host'
      ? authority
      : lines(name)
          .map((line) => line.replaceAll(/ +/g, ' '))
          .join(',');
  return [method, path, query.split('&').toSorted(), bytes(body), names, names.split(';').map(textOf)];
};
