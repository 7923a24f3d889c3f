export { benchExtAuthz } from './bench-ext-authz.ts';
export { caseNamed } from './cases.ts';
export { signedCheck } from './check-request.ts';
