import { verifyBytes } from '../crypto/index.ts';
import { readFormBody } from '../form/index.ts';
import type { UnionpayProfile } from '../profile.ts';
import { type Presentation, refused, type Scheme } from '../scheme.ts';
import { hexDigest } from './canonical.ts';
import { parseSignedForm } from './parse.ts';

/**
 * UnionPay 5.1.0 with certificates (signMethod 01): forms that merchants post, and notifications. The decoded fields
 * are signed, so `content-digest` stands for them and their values; how they are escaped, their order, and fields
 * without value are not covered, neither are method and target. Key ids are decimal serials: certId or, where a
 * notification has none, that of its signPubKeyCert. The key itself always comes from the set: a certificate in the
 * message is never believed. `base` is the joined fields; what RSA signs is the hex text of their SHA-256. The merId
 * is that which the signer claims: acquirers sign for many, so it is not held against the owner of the key.
 */
export const unionpayScheme: Scheme<UnionpayProfile> = {
  algorithms: () => ['rsa-v1_5-sha256'],
  present: (signed): Presentation => {
    if (signed.message.method !== 'POST') return refused('malformed_target');
    const body = readFormBody(signed);
    if (body.kind === 'refused') return refused(body.reason);
    if (body.kind === 'other') return { kind: 'absent' };
    const parsed = parseSignedForm(body.fields);
    if (parsed.kind === 'absent') return parsed;
    if (parsed.kind === 'refused') return refused(parsed.reason);
    const { certId, text, createdMs, signature } = parsed.form;
    return {
      kind: 'presented',
      presented: {
        signer: { kind: 'named', ids: [certId] },
        createdMs,
        covered: ['"content-digest"'],
        base: () => Buffer.from(text, 'utf8'),
        prove: (key) => verifyBytes(key, hexDigest(text), signature),
      },
    };
  },
};
