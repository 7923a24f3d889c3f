export { bodyWord, curlLine } from './curl-line.ts';
export { planSigning, type SignChoice } from './sign-plan.ts';
