export { adyenScheme } from './present.ts';
export { signAdyen } from './sign.ts';
