export { added, bent, headerOf, withBody, without } from './bend.ts';
export { HMAC_COVER, keySet, openRoute, signedRoute } from './documents.ts';
export { KEY_FILES, KEY_SETS, PAIRS, pemOf, SECRETS } from './keys.ts';
export { MAX_BODY, POLICIES, startMerchants } from './merchants.ts';
export { byEnvoy, codeOf, denied, type Ending, expectPass, type Row, testRows, watch } from './rows.ts';
export { freshNonce, hmacSigned, nowSeconds } from './sign-hmac.ts';
export { PAYMENT_WRITE, params, rfcSigned, sha256Digest } from './sign-rfc9421.ts';
