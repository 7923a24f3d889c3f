import type { FormField, TextRules } from '../form/index.ts';

/** Public parameters of a request: whatever else a method takes stands in `biz_content`. */
const PUBLIC = [
  'alipay_root_cert_sn',
  'alipay_sdk',
  'app_auth_token',
  'app_cert_sn',
  'app_id',
  'auth_token',
  'biz_content',
  'charset',
  'encrypt_type',
  'format',
  'method',
  'notify_url',
  'prod_code',
  'return_url',
  'sign_type',
  'target_app_id',
  'terminal_info',
  'terminal_type',
  'timestamp',
  'version',
  'ws_service_url',
];

/** What differs between the two kinds of form that open API 2.0 signs. */
export interface FormRules {
  /** Fields that are not signed. */
  readonly leftOut: ReadonlySet<string>;
  /** Field with the moment of signing. */
  readonly time: string;
  /** Field with the serial of the certificate that signed. */
  readonly certSn: string;
  readonly text: TextRules;
}

/** A merchant's request to gateway.do: `sign_type` is signed. */
export const REQUEST_FORM: FormRules = {
  leftOut: new Set(['sign']),
  time: 'timestamp',
  certSn: 'app_cert_sn',
  text: {
    nested: new Set(['biz_content']),
    urls: new Set(['notify_url', 'return_url', 'ws_service_url']),
    known: new Set(PUBLIC),
  },
};

/**
 * An asynchronous notification of Alipay: `sign_type` is not signed. Refused are one whose subject reads like a later
 * field (`a&trade_no=1`), and those of the service market, which sign `sign_type` too: nothing is tried in two ways.
 */
export const NOTIFICATION_FORM: FormRules = {
  leftOut: new Set(['sign', 'sign_type']),
  time: 'notify_time',
  certSn: 'alipay_cert_sn',
  text: {
    nested: new Set(['biz_content', 'fund_bill_list', 'voucher_detail_list']),
    urls: new Set(),
    known: new Set(),
  },
};

/** The fields of a form that are signed, unsorted. */
export function signedFields(fields: readonly FormField[], { leftOut }: FormRules): readonly FormField[] {
  return fields.filter(([name]) => !leftOut.has(name));
}

/** What the signature of a request to open API 3.0 covers. */
export interface V3Parts {
  /** The parameters of Authorization before `sign`, as sent. */
  readonly auth: string;
  readonly method: string;
  readonly target: string;
  readonly body: Uint8Array;
  /** Value of alipay-app-auth-token, where there is one. */
  readonly token: string | undefined;
}

/**
 * Four lines, or five with a token, each ended by LF. A token could also be the last line of a body: see
 * `isAmbiguousBody`.
 */
export function v3Text({ auth, method, target, body, token }: V3Parts): Buffer {
  const tail = token === undefined ? '\n' : `\n${token}\n`;
  return Buffer.concat([
    Buffer.from(`${auth}\n${method}\n${target}\n`, 'latin1'),
    body,
    Buffer.from(tail, 'latin1'),
  ]);
}

/** What may be a token. */
export const TOKEN = /^[A-Za-z0-9_-]{1,256}$/;
const LF = 0x0a;
const MAX_TOKEN_BYTES = 256;

/** True for a body without token whose text is also that of a shorter body with its last line for a token. No JSON ends so. */
export function isAmbiguousBody(body: Uint8Array): boolean {
  const start = body.lastIndexOf(LF) + 1;
  if (start === 0 || body.byteLength - start > MAX_TOKEN_BYTES) return false;
  return TOKEN.test(Buffer.from(body.subarray(start)).toString('latin1'));
}

/** What the signature of an answer of open API 3.0 covers: three lines, each ended by LF. */
export function v3ResponseText(timestamp: string, nonce: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`, 'latin1'), body, Buffer.from('\n')]);
}
