/** How a policy words its refusals: Paymesh's problem+json, or as the provider of a scheme words its own. */
export type RefusalStyle =
  | {
      readonly kind: 'problem' /** Text of Accept-Signature for clients that can sign better. */;
      readonly acceptSignature?: string;
    }
  | { readonly kind: 'provider'; readonly provider: Provider };

export type Provider = 'wechatpay' | 'alipay' | 'alipayplus' | 'unionpay' | 'sigv4';
