export { createLineCheck, type LineAnswer, type LineCheck } from './create-line-check.ts';
