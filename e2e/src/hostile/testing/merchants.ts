import { findEnvoy } from '@paymesh/common/envoy-binary';

import { type SignedGateway, type SignedGatewayOptions, startSignedGateway } from '../../harness/index.ts';
import { HMAC_COVER, openRoute, signedRoute } from './documents.ts';
import { KEY_FILES, KEY_SETS } from './keys.ts';

/** Most that a body may hold here, in bytes. */
export const MAX_BODY = 1_024;

const BODY = `  maxBody: ${MAX_BODY}B\n`;

/** What most rows need: `/hmac`, `/rfc` and its kin, `/other` of another merchant, and `/open` of nobody. */
export const POLICIES = [
  openRoute(),
  signedRoute({ name: 'hmac', verify: `scheme: hmac-sha256, ${HMAC_COVER}`, more: BODY }),
  signedRoute({ name: 'other', verify: `scheme: hmac-sha256, ${HMAC_COVER}`, keys: 'others' }),
  signedRoute({ name: 'rfc', verify: 'scheme: rfc9421, coverage: payment-write', more: BODY }),
  signedRoute({ name: 'labelled', verify: 'scheme: rfc9421, coverage: payment-write, label: wanted' }),
  signedRoute({
    name: 'amount',
    verify: 'scheme: rfc9421, coverage: payment-write, cover: [x-amount]',
  }),
  signedRoute({
    name: 'param',
    verify: `scheme: rfc9421, cover: ["@method", "@path", '@query-param;name="id"', content-digest]`,
  }),
  KEY_SETS,
].join('');

/** One gateway for a file of rows. */
export function startMerchants(
  options: Omit<SignedGatewayOptions, 'envoy' | 'policies' | 'files'> = {},
): Promise<SignedGateway> {
  const envoy = findEnvoy(process.env) ?? '';
  return startSignedGateway({ envoy, policies: POLICIES, files: KEY_FILES, ...options });
}
