export type { Access, AccessSet } from './access.ts';
export type { Ruling } from './judge.ts';
export { type AccessSource, loadAccess } from './load-access.ts';
export { accessRequest } from './request.ts';
