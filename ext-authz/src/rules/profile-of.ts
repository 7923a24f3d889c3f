import type { HmacVerifySpec, Rfc9421VerifySpec, VerifySpec } from '@paymesh/common/policy';
import { coverages } from '@paymesh/common/policy';

import type { Profile, ProfileOf } from '../signature/index.ts';
import type { NonceRule } from './rule.ts';

/** What the scheme is told, what must be covered, how nonces are used. */
export interface CompiledVerify {
  readonly profile: Profile;
  readonly cover: readonly string[];
  readonly nonce: NonceRule['use'];
  /** True where signatures say nothing of their time: a window is only how long they are remembered. */
  readonly isTimeless: boolean;
}

/** A `verify` of a SigningPolicy as the pipeline needs it. */
export function compileVerify(spec: VerifySpec): CompiledVerify {
  switch (spec.scheme) {
    case 'hmac-sha256':
      // Its text always holds the same parts, and the checker has held the policy to them.
      return compiled(hmacProfile(spec), { nonce: 'required' });
    case 'rfc9421':
      return compiledRfc9421(spec);
    case 'wechatpay':
      return compiled({ scheme: 'wechatpay', message: spec.message }, { nonce: 'required' });
    case 'alipay':
      return compiled(
        { scheme: 'alipay', message: spec.message },
        { nonce: spec.message === 'v3' ? 'required' : 'derived' },
      );
    case 'adyen':
      return compiled({ scheme: 'adyen', message: spec.message }, { isTimeless: true });
    case 'sigv4':
      return compiled({ scheme: 'sigv4', region: spec.region, service: spec.service }, { cover: spec.cover });
    case 'alipayplus':
    case 'unionpay':
    case 'stripe':
    case 'standard-webhooks':
      return compiled({ scheme: spec.scheme }, {});
  }
}

function compiled(profile: Profile, other: Partial<Omit<CompiledVerify, 'profile'>>): CompiledVerify {
  return { profile, cover: [], nonce: 'derived', isTimeless: false, ...other };
}

function compiledRfc9421(spec: Rfc9421VerifySpec): CompiledVerify {
  const isDigestRequired = spec.digest === 'Required';
  const named = spec.coverage === undefined ? [] : coverages[spec.coverage];
  const cover = new Set([...named, ...spec.cover, ...(isDigestRequired ? ['"content-digest"'] : [])]);
  const { label, tag, params } = spec;
  return compiled(
    { scheme: 'rfc9421', label, tag, params, isDigestRequired: cover.has('"content-digest"') },
    { cover: [...cover], nonce: params.includes('nonce') ? 'required' : 'derived' },
  );
}

function hmacProfile(verify: HmacVerifySpec): ProfileOf<'hmac'> {
  const headers = {
    keyId: verify.keys.idHeader.toLowerCase(),
    timestamp: verify.timestampHeader.toLowerCase(),
    nonce: verify.nonceHeader.toLowerCase(),
    signature: verify.signatureHeader.toLowerCase(),
  };
  const signedHeaders = furtherHeaders(verify.cover, [headers.timestamp, headers.nonce]);
  return { scheme: 'hmac', headers, signedHeaders };
}

/** Covered headers but those that have a line of their own in the signed text. */
function furtherHeaders(cover: readonly string[], own: readonly string[]): readonly string[] {
  return cover
    .map((part) => /^header\((.+)\)$/.exec(part)?.[1]?.toLowerCase())
    .filter((name) => name !== undefined)
    .filter((name) => !own.includes(name));
}
