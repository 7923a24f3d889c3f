export { benchExtAuthz } from './bench-ext-authz.ts';
