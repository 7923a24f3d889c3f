export { type FoundHeader, findHeader } from './find-header.ts';
export { type FoundLines, findLines, findListLines } from './header-lines.ts';
export { type HeaderLine, type HeaderList, headerList, isEveryLine, placesOf } from './header-list.ts';
export type { Body, Message, Peer } from './message.ts';
export { messageOf, type WrittenRequest } from './message-of.ts';
export { findRawLines, type RawLines } from './raw-lines.ts';
