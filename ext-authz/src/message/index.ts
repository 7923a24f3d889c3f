export { type FoundHeader, findHeader } from './find-header.ts';
export type { Body, HeaderLine, Message } from './message.ts';
