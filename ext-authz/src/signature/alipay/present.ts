import { verifyBytes } from '../crypto/index.ts';
import { type FormField, type ReadForm, readFormBody, readQuery } from '../form/index.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import type { AlipayProfile } from '../profile.ts';
import {
  type ClaimedSigner,
  type Presentation,
  refused,
  type Scheme,
  type SignedMessage,
} from '../scheme.ts';
import { type FormRules, NOTIFICATION_FORM, REQUEST_FORM } from './canonical.ts';
import { parseSignedForm } from './parse.ts';
import { presentV3 } from './present-v3.ts';

/**
 * Alipay, RSA with SHA-256 only. `request` and `notification` of open API 2.0 sign the decoded fields of a form, so
 * `@query` and `content-digest` stand for the fields and their values: how they are escaped, in which order, whether
 * in query or body, and fields without value are not covered; neither are method and path. There is no nonce: the
 * text is used up. `v3` signs method, target and body. Key ids are the serial of a certificate, then the app_id.
 */
export const alipayScheme: Scheme<AlipayProfile> = {
  algorithms: () => ['rsa-v1_5-sha256'],
  present: (signed, { message }) => {
    switch (message) {
      case 'request':
        return presentRequest(signed);
      case 'notification':
        return presentNotification(signed);
      case 'v3':
        return presentV3(signed);
    }
  },
};

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST']);

function presentRequest(signed: SignedMessage): Presentation {
  const { message } = signed;
  if (!isPlainMethod(message) || !isPlainTarget(message)) return refused('malformed_target');
  if (!METHODS.has(message.method)) return refused('malformed_target');
  const query = readQuery(message.target);
  if (query.kind === 'refused') return refused(query.reason);
  const body = readFormBody(signed);
  if (body.kind === 'refused') return refused(body.reason);
  const isSigned = query.fields.some(([name]) => name === 'sign');
  // A body that the signature says nothing of.
  if (body.kind === 'other') return isSigned ? refused(body.reason) : { kind: 'absent' };
  const fields = [...query.fields.filter((field) => !isCharsetAgain(field, body.fields)), ...body.fields];
  if (new Map(fields).size < fields.length) return refused('duplicate_parameter');
  return presentForm(fields, REQUEST_FORM, ['"@query"', '"content-digest"']);
}

/** Pages made by the provider's SDK post the charset in the form and the same once more in the query. */
function isCharsetAgain([name, value]: FormField, others: readonly FormField[]): boolean {
  const charset = value.toLowerCase();
  return (
    name === 'charset' && others.some((other) => other[0] === name && other[1].toLowerCase() === charset)
  );
}

function presentNotification(signed: SignedMessage): Presentation {
  if (signed.message.method !== 'POST') return refused('malformed_target');
  const body: ReadForm = readFormBody(signed);
  if (body.kind === 'refused') return refused(body.reason);
  if (body.kind === 'other') return { kind: 'absent' };
  return presentForm(body.fields, NOTIFICATION_FORM, ['"content-digest"']);
}

function presentForm(
  fields: readonly FormField[],
  rules: FormRules,
  covered: readonly string[],
): Presentation {
  const parsed = parseSignedForm(fields, rules);
  if (parsed.kind === 'absent') return parsed;
  if (parsed.kind === 'refused') return refused(parsed.reason);
  const { appId, certSn, text, createdMs, signature } = parsed.form;
  const base = () => Buffer.from(text, 'utf8');
  const ids = [certSn, appId].filter((id) => id !== undefined);
  // The signer of a notification is Alipay; the app_id in it is that of the receiver.
  const isOwn = rules === REQUEST_FORM && certSn !== undefined && appId !== undefined;
  const signer: ClaimedSigner = { kind: 'named', ids, ...(isOwn && { account: appId }) };
  return {
    kind: 'presented',
    presented: { signer, createdMs, covered, base, prove: (key) => verifyBytes(key, base(), signature) },
  };
}
