export type { Answer, AnswerMetadata } from './answer.ts';
export { decodeCheckRequest } from './decode-check-request.ts';
export { encodeAnswer } from './encode-answer.ts';
export type { WireCheck, WireHttp, WirePeer } from './wire-check.ts';
