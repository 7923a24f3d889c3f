export { standardWebhooksScheme } from './present.ts';
export { signStandardWebhook } from './sign.ts';
