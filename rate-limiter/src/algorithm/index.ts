export { addHits, judge, MAX_COUNT, type Verdict } from './fixed-window.ts';
export { type Window, windowAt } from './window.ts';
