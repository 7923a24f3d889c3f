import type { KeyObject } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

/** The merchant in whose name WeChat Pay is asked. */
export interface WechatMerchant {
  readonly mchid: string;
  readonly serial: string;
  readonly privateKey: KeyObject;
}

/** A certificate whose key signs what WeChat Pay sends. */
export interface PlatformCertificate {
  /** Upper-case hex, as `Wechatpay-Serial` has it. */
  readonly serial: string;
  readonly pem: string;
  /** Unix milliseconds: when the answer says that it is valid. */
  readonly effectiveMs: number;
  readonly expireMs: number;
}

export type PlatformCertificates =
  | { readonly kind: 'certificates'; readonly certificates: readonly PlatformCertificate[] }
  | { readonly kind: 'malformed'; readonly problem: string };

/** What the protocol of WeChat Pay (APIv3) adds to a plain GET; the scheme of that name knows it. */
export interface WechatPay {
  /** The Authorization header of a GET without body: WECHATPAY2-SHA256-RSA2048. `target` is path and query. */
  authorization(request: {
    readonly target: string;
    readonly merchant: WechatMerchant;
    readonly nowMs: number;
  }): string;
  /** The certificates of an answer of /v3/certificates, decrypted. Never throws; a problem tells nothing secret. */
  platformCertificates(json: string, apiV3Key: Secret): PlatformCertificates;
}
