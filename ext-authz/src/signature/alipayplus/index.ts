export { alipayplusScheme } from './present.ts';
export { signAlipayplus } from './sign.ts';
