export { encodeForm } from './encode-form.ts';
export { type FormField, MAX_FIELD_BYTES, MAX_FIELDS, type ParsedForm, parseForm } from './parse-form.ts';
export { readsBack, type TextRules } from './reads-back.ts';
export { joinFields, sortFields } from './sorted-text.ts';
