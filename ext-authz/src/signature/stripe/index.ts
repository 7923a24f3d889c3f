export { stripeScheme } from './present.ts';
export { signStripe } from './sign.ts';
