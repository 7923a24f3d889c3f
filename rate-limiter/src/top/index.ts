export { createTopSketch } from './space-saving.ts';
export { createTopKeys, type KeyHits, type TopBy, type TopKeys, type TopView } from './top-keys.ts';
