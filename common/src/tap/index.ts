export { createTap, type Tap, type TapOptions } from './tap.ts';
export type { TapEntry } from './tap-entry.ts';
