export { isProvider } from './providers.ts';
export type { Refusal } from './refusal.ts';
export { writeRefusal } from './write-refusal.ts';
