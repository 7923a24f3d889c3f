export { benchExtAuthzSoak } from './bench.ts';
