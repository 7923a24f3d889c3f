export { MAX_AGE_MS, wechatpayScheme } from './present.ts';
export { signWechatpay } from './sign.ts';
