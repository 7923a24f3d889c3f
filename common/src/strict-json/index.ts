export { type JsonRules, parseStrictJson, type StrictJson } from './parse-strict-json.ts';
