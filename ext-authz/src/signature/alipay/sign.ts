import { formatChinaTime } from '../china-time.ts';
import { signBytes } from '../crypto/index.ts';
import { encodeForm, type FormField, joinFields, parseForm, readsBack, sortFields } from '../form/index.ts';
import type { AlipayProfile } from '../profile.ts';
import type { OutgoingRequest, SignContext, SignedRequest, Signer } from '../signer.ts';
import {
  type FormRules,
  isAmbiguousBody,
  NOTIFICATION_FORM,
  REQUEST_FORM,
  signedFields,
  v3Text,
} from './canonical.ts';
import { SIGN_TYPE } from './parse.ts';
import { SCHEME } from './parse-authorization.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded;charset=utf-8';

/**
 * Signs a request or, as Alipay does, a notification. The key id is the app_id or, where the key has an account, the
 * serial of its certificate and the account the app_id. Forms get the public fields that they lack, in the query of
 * a GET and else in the body. Throws on a form that cannot be read in one way, or that names another key.
 */
export const signAlipay: Signer<AlipayProfile> = (request, { message }, context) => {
  switch (message) {
    case 'request':
      return signRequest(request, context);
    case 'notification':
      return signNotification(request, context);
    case 'v3':
      return signV3(request, context);
  }
};

function signRequest(request: OutgoingRequest, context: SignContext): SignedRequest {
  const [path = '', query = ''] = splitTarget(request.target);
  const inQuery = fieldsOf(Buffer.from(query, 'latin1'));
  const inBody = fieldsOf(request.body);
  const given = [...inQuery, ...inBody];
  const { added, base } = signForm(given, REQUEST_FORM, context, [['charset', 'utf-8']]);
  if (request.method === 'GET')
    return { headers: [], target: `${path}?${encodeForm([...inQuery, ...added])}`, base };
  const body = Buffer.from(encodeForm([...inBody, ...added]), 'latin1');
  return { headers: [['Content-Type', FORM_TYPE]], body, base };
}

function signNotification(request: OutgoingRequest, context: SignContext): SignedRequest {
  const given = fieldsOf(request.body);
  const { added, base } = signForm(given, NOTIFICATION_FORM, context, [['charset', 'utf-8']]);
  const body = Buffer.from(encodeForm([...given, ...added]), 'latin1');
  return { headers: [['Content-Type', FORM_TYPE]], body, base };
}

function signForm(
  given: readonly FormField[],
  rules: FormRules,
  { key, nowMs }: SignContext,
  defaults: readonly FormField[],
): { readonly added: readonly FormField[]; readonly base: Buffer } {
  const names = keyFields(rules.certSn, key.id, key.account);
  const wanted = [
    ...names,
    ...defaults,
    ['sign_type', SIGN_TYPE],
    [rules.time, formatChinaTime(nowMs, 'dashed')],
  ] as const;
  const values = new Map(given);
  for (const [name, value] of names)
    if ((values.get(name) ?? value) !== value) throw new Error(`the form has another ${name} than the key`);
  const added = wanted.filter(([name]) => !values.has(name));
  const sorted = sortFields(signedFields([...given, ...added], rules));
  if (!readsBack(sorted, rules.text))
    throw new Error('the form cannot be signed: a value reads like a further field');
  const base = Buffer.from(joinFields(sorted), 'utf8');
  return { added: [...added, ['sign', signBytes(key, base).toString('base64')]], base };
}

function keyFields(certSn: string, id: string, account: string | undefined): readonly FormField[] {
  if (account === undefined) return [['app_id', id]];
  return [
    ['app_id', account],
    [certSn, id],
  ];
}

function signV3({ method, target, headers, body }: OutgoingRequest, context: SignContext): SignedRequest {
  const { key, nowMs, nonce } = context;
  const names = keyFields('app_cert_sn', key.id, key.account);
  const parameters = [...names, ['nonce', nonce], ['timestamp', String(nowMs)]] as const;
  const auth = parameters.map(([name, value]) => `${name}=${value}`).join(',');
  const [, token] = headers.find(([name]) => name.toLowerCase() === 'alipay-app-auth-token') ?? [];
  if (token === undefined && isAmbiguousBody(body))
    throw new Error('the body cannot be signed: its last line reads like a token');
  const base = v3Text({ auth, method, target, body, token });
  const sign = signBytes(key, base).toString('base64');
  return { headers: [['Authorization', `${SCHEME} ${auth},sign=${sign}`]], base };
}

function splitTarget(target: string): readonly string[] {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

function fieldsOf(form: Uint8Array): readonly FormField[] {
  const parsed = parseForm(form);
  if (parsed.kind === 'malformed') throw new Error(`the form cannot be signed: ${parsed.problem}`);
  if (parsed.fields.some(([name]) => name === 'sign')) throw new Error('the form is signed already');
  return parsed.fields;
}
