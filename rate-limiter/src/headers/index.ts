export { type Header, limitHeaders } from './limit-headers.ts';
