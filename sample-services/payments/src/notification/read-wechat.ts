import type { Secret } from '@paymesh/common/secret';
import { decryptResource } from '@paymesh/ext-authz/client';
import { isObject, type Parsed, parseId, parseJson, refuse } from '@paymesh/sample-kit';

/** The out_trade_no in a callback of APIv3, whose `resource` is encrypted with the account's APIv3 key. */
export function readWechat(body: unknown, apiV3Key: Secret): Parsed<string> {
  const resource = isObject(body) ? body['resource'] : undefined;
  if (!isObject(resource)) return refuse('resource must be an object');
  const opened = decryptResource(apiV3Key, {
    algorithm: textOf(resource['algorithm']),
    ciphertext: textOf(resource['ciphertext']),
    nonce: textOf(resource['nonce']),
    associated_data: textOf(resource['associated_data']),
  });
  if (opened.kind !== 'plaintext')
    return refuse('resource must be encrypted with the APIv3 key of this account');
  const parsed = parseJson(opened.bytes);
  if (!parsed.ok) return parsed;
  return parseId(isObject(parsed.value) ? parsed.value['out_trade_no'] : undefined, 'out_trade_no');
}

/** Missing and empty are the same here; what must not be empty is refused by the decryption. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
