export { certSn } from './cert-sn.ts';
export { alipayScheme } from './present.ts';
export {
  type CheckedResponse,
  checkResponse,
  checkV3Response,
  type ResponseText,
  responseText,
  type V3Response,
} from './response.ts';
export { signAlipay } from './sign.ts';
