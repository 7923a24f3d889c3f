export { type FoundHeader, findHeader } from './find-header.ts';
export { type FoundLines, findLines } from './header-lines.ts';
export type { Body, HeaderLine, Message, Peer } from './message.ts';
