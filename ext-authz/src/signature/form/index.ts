export { encodeForm } from './encode-form.ts';
export { endOfNested } from './end-of-nested.ts';
export { type FormField, MAX_FIELD_BYTES, MAX_FIELDS, type ParsedForm, parseForm } from './parse-form.ts';
export { type ReadForm, readFormBody, readQuery } from './read-form.ts';
export { readsBack, type TextRules } from './reads-back.ts';
export { joinFields, sortFields } from './sorted-text.ts';
