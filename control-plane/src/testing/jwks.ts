import { type PolicyDocument, policyId } from '@paymesh/common/policy';

/** A public key that nobody has the other half of. */
const JWKS =
  '{"keys":[{"kty":"EC","x":"8BBXXWNRTehdBEZvfEASHFxi23l5fUg05JAMas_Y4Bk","y":"-GmLhkAz9QOrw_ZB9ojaSm9fdRA2xlNOPHiLVG5u4OI","crv":"P-256","kid":"idp-1"}]}';

/** The same JWKS for every AccessPolicy. */
export function jwksFor(documents: readonly PolicyDocument[]): ReadonlyMap<string, string> {
  return new Map(documents.filter(({ kind }) => kind === 'AccessPolicy').map((one) => [policyId(one), JWKS]));
}
