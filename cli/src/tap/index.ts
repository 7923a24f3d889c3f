export { tapLine } from './tap-line.ts';
export { type TapSource, watchSource } from './watch-source.ts';
