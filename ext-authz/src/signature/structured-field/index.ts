export { classOf } from './char-class.ts';
export { parseDictionary, parseItem, parseList } from './parse-field.ts';
export {
  serializeDictionary,
  serializeInnerList,
  serializeItem,
  serializeList,
  serializeMember,
  serializeParameters,
} from './serialize.ts';
export type {
  BareItem,
  Dictionary,
  Fault,
  InnerList,
  Item,
  Member,
  Parsed,
  Problem,
  SfParameter,
  SfParameters,
} from './types.ts';
