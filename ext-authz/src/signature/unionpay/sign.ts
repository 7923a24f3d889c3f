import { formatChinaTime } from '../china-time.ts';
import { signBytes } from '../crypto/index.ts';
import { encodeForm, type FormField, joinFields, parseForm, readsBack, sortFields } from '../form/index.ts';
import type { UnionpayProfile } from '../profile.ts';
import type { Signer } from '../signer.ts';
import { hexDigest, SIGN_METHOD, signedFields, TEXT_RULES, VERSION } from './canonical.ts';

/**
 * Signs the form in the body and adds the fields that it lacks. The key id is the serial in decimal; a form with a
 * signPubKeyCert, as UnionPay sends it, gets no certId. Throws on a form that cannot be read in one way.
 */
export const signUnionpay: Signer<UnionpayProfile> = ({ body }, _, { key, nowMs }) => {
  const parsed = parseForm(body);
  if (parsed.kind === 'malformed') throw new Error(`the form cannot be signed: ${parsed.problem}`);
  const values = new Map(parsed.fields);
  if (values.has('signature')) throw new Error('the form is signed already');
  if ((values.get('certId') ?? key.id) !== key.id)
    throw new Error('the form has another certId than the key');
  const wanted: FormField[] = [
    ['version', VERSION],
    ['encoding', 'UTF-8'],
    ['signMethod', SIGN_METHOD],
    ['txnTime', formatChinaTime(nowMs, 'digits')],
  ];
  if (!values.has('signPubKeyCert')) wanted.push(['certId', key.id]);
  const fields = [...parsed.fields, ...wanted.filter(([name]) => !values.has(name))];
  const sorted = sortFields(signedFields(fields));
  if (!readsBack(sorted, TEXT_RULES))
    throw new Error('the form cannot be signed: a value reads like a further field');
  const text = joinFields(sorted);
  const signature = signBytes(key, hexDigest(text)).toString('base64');
  return {
    headers: [['Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8']],
    body: Buffer.from(encodeForm([...fields, ['signature', signature]]), 'latin1'),
    base: Buffer.from(text, 'utf8'),
  };
};
