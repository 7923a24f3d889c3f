export { type Price, price } from './price.ts';
