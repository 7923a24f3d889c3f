export { unionpayScheme } from './present.ts';
export { signUnionpay } from './sign.ts';
