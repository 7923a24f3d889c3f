export { benchRlqs } from './bench-rlqs.ts';
