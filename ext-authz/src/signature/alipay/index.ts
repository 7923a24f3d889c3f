export { alipayScheme } from './present.ts';
export { signAlipay } from './sign.ts';
