export type { Refusal } from './refusal.ts';
export { writeRefusal } from './write-refusal.ts';
